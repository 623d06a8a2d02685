import Testing

@testable import Fleet

@Suite struct NearestTests {
    @Test(arguments: [
        ("open", "open", 0), ("opne", "open", 2), ("", "abc", 3), ("kitten", "sitting", 3),
    ])
    func distanceCountsInsertedRemovedAndChangedCharacters(a: String, b: String, distance: Int) {
        #expect(Nearest.distance(a, b) == distance)
    }

    @Test func namesAreSortedByTheirDistance() {
        let names = ["cart:pay", "planner:pay", "planner:payment", "planer:pays"]
        #expect(
            Nearest.names(to: "planer:pay", among: names, limit: 3)
                == ["planer:pays", "planner:pay", "cart:pay"])
    }
}
