/// Nests the strategies that stand below each other, the first outermost.
@resultBuilder
public enum PipelineBuilder {
    /// The first strategy so far.
    public static func buildPartialBlock<First: Strategy>(first: First) -> First {
        first
    }

    /// One more strategy, within those before it.
    public static func buildPartialBlock<Outer: Strategy, Inner: Strategy>(
        accumulated: Outer, next: Inner
    ) -> Layered<Outer, Inner> {
        Layered(outer: accumulated, inner: next)
    }
}
