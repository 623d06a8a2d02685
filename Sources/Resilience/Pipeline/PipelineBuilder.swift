/// Nests the listed strategies, the first outermost.
@resultBuilder
public enum PipelineBuilder {
    /// Starts with the first strategy.
    public static func buildPartialBlock<First: Strategy>(first: First) -> First {
        first
    }

    /// Adds a strategy inside the previous ones.
    public static func buildPartialBlock<Outer: Strategy, Inner: Strategy>(
        accumulated: Outer, next: Inner
    ) -> Layered<Outer, Inner> {
        Layered(outer: accumulated, inner: next)
    }

    /// The strategies of an `if` without `else`.
    public static func buildOptional<Content: Strategy>(
        _ content: Content?
    ) -> EitherStrategy<Content, NoStrategy> {
        content.map { .first($0) } ?? .second(NoStrategy())
    }

    /// The strategies of an `if` with `else`, or of a `switch`, where the first branch is taken.
    public static func buildEither<First: Strategy, Second: Strategy>(
        first: First
    ) -> EitherStrategy<First, Second> {
        .first(first)
    }

    /// The strategies of an `if` with `else`, or of a `switch`, where another branch is taken.
    public static func buildEither<First: Strategy, Second: Strategy>(
        second: Second
    ) -> EitherStrategy<First, Second> {
        .second(second)
    }

    /// The strategies of a `for` loop.
    public static func buildArray<Element: Strategy>(
        _ strategies: [Element]
    ) -> StrategyList<Element> {
        StrategyList(strategies[...])
    }
}
