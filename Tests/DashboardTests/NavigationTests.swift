import Testing

@testable import Dashboard

@Suite struct NavigationTests {
    @Test func eachKindOfPageIsOnTheStackOnce() {
        var navigation = Navigation()
        navigation.show(.errors(ErrorView("a")))
        navigation.show(.detail)
        navigation.show(.errors(ErrorView("b")))
        #expect(navigation.errors?.type == "b" && !navigation.page.isDetail)
        #expect(navigation.closePage() == true)
        #expect(navigation.page.isDetail && navigation.errors == nil)
        #expect(navigation.closePage() == true)
        #expect(navigation.page.isMain)
        #expect(navigation.closePage() == false)
    }

    @Test func errorPageIsFoundAndReplacedUnderTheDetails() {
        var navigation = Navigation()
        navigation.replace(ErrorView("a"))
        #expect(navigation.errors == nil)
        navigation.show(.errors(ErrorView("a")))
        navigation.show(.detail)
        navigation.replace(ErrorView("b"))
        #expect(navigation.errors?.type == "b" && navigation.page.isDetail)
    }

    @Test func detailPageStartsAtItsTop() {
        var navigation = Navigation()
        navigation.show(.detail)
        navigation.detailOffset = 5
        navigation.show(.detail)
        #expect(navigation.detailOffset == 0)
        navigation.detailOffset = 5
        _ = navigation.closePage()
        #expect(navigation.detailOffset == 0)
    }

    @Test func secondGFollowsTheFirstWithoutAnotherKeyBetween() {
        var navigation = Navigation()
        #expect(navigation.pressG() == false)
        navigation.forgetG()
        #expect(navigation.pressG() == false)
        #expect(navigation.pressG() == true)
        #expect(navigation.pressG() == false)
    }
}
