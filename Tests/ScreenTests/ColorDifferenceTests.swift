import Testing

@testable import Screen

@Suite struct ColorDifferenceTests {
    /// Colour pairs and their distances from the test data of Sharma, Wu and Dalal, 2005.
    @Test(arguments: [
        (50.0, 2.6772, -79.7751, 50.0, 0.0, -82.7485, 2.0425),
        (50.0, 3.1571, -77.2803, 50.0, 0.0, -82.7485, 2.8615),
        (50.0, 2.8361, -74.0200, 50.0, 0.0, -82.7485, 3.4412),
        (50.0, -1.3802, -84.2814, 50.0, 0.0, -82.7485, 1.0000),
        (50.0, 0.0, 0.0, 50.0, -1.0, 2.0, 2.3669),
        (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0009, 7.1792),
        (50.0, 2.5, 0.0, 50.0, 0.0, -2.5, 4.3065),
        (50.0, 2.5, 0.0, 73.0, 25.0, -18.0, 27.1492),
        (50.0, 2.5, 0.0, 61.0, -5.0, 29.0, 22.8977),
        (50.0, 2.5, 0.0, 56.0, -27.0, -3.0, 31.9030),
        (50.0, 2.5, 0.0, 58.0, 24.0, 15.0, 19.4535),
        (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
    ])
    func distancesMatchPublishedData(
        pair: (Double, Double, Double, Double, Double, Double, Double)
    ) {
        let first = LabColor(lightness: pair.0, a: pair.1, b: pair.2)
        let second = LabColor(lightness: pair.3, a: pair.4, b: pair.5)
        #expect(abs(first.distance(to: second) - pair.6) < 0.0001)
        #expect(abs(second.distance(to: first) - pair.6) < 0.0001)
    }

    @Test func distanceOfBlackAndWhiteIs100() {
        let black = LabColor(LinearColor((0, 0, 0)))
        let white = LabColor(LinearColor((255, 255, 255)))
        #expect(abs(black.distance(to: white) - 100) < 0.01)
        #expect(black.distance(to: black) == 0)
    }

    /// Compares contrast ratios with those of known WCAG examples.
    @Test func contrastsMatchWCAG() {
        let white = LinearColor((255, 255, 255))
        #expect(abs(LinearColor((0, 0, 0)).contrast(with: white) - 21) < 0.001)
        #expect(abs(LinearColor((119, 119, 119)).contrast(with: white) - 4.478) < 0.001)
        #expect(LinearColor((118, 118, 118)).contrast(with: white) >= 4.5)
        #expect(white.contrast(with: white) == 1)
    }

    @Test(arguments: ColorVision.allCases)
    func colourVisionKeepsGreys(vision: ColorVision) {
        let seen = vision.seen(LinearColor((128, 128, 128)))
        #expect(abs(seen.red - seen.green) < 0.002 && abs(seen.green - seen.blue) < 0.002)
    }

    @Test func deuteranopiaMakesRedAndGreenOfEqualLightnessAlike() {
        let colors = [LinearColor((200, 60, 0)), LinearColor((110, 110, 0))]
        func distance(_ vision: ColorVision) -> Double {
            let seen = colors.map { LabColor(vision.seen($0)) }
            return seen[0].distance(to: seen[1])
        }
        #expect(distance(.normal) > 30)
        #expect(distance(.deuteranopia) < 10)
    }
}
