import Synchronization

/// A stream under a strategy: a call that lasts until the stream ends. Created by
/// ``Strategy/stream(_:)``.
///
/// Each iteration is a separate call. A stream that breaks is a failed call. Before its first
/// element, a retry or a hedge may open it again. Later there is no further attempt, because
/// elements would be delivered twice. The stream reads one element ahead of the consumer.
public struct StrategyStream<Element: Sendable>: AsyncSequence, Sendable {
    fileprivate let start: @Sendable () -> AsyncIterator

    /// Starts a call.
    public func makeAsyncIterator() -> AsyncIterator {
        start()
    }

    /// Iterates over the elements. The call is cancelled when the iterator is released.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var elements: AsyncThrowingStream<Element, any Error>.Iterator
        fileprivate let demands: AsyncStream<Void>.Continuation

        /// Returns the next element; `nil` at the end.
        ///
        /// - Throws: as ``Strategy/call(_:)`` does.
        public mutating func next() async throws -> Element? {
            try await next(isolation: #isolation)
        }

        /// Returns the next element, for iteration on an actor; `nil` at the end.
        ///
        /// - Throws: as ``Strategy/call(_:)`` does.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> Element? {
            demands.yield()
            let element = try await elements.next(isolation: actor)
            if element == nil { try Task.checkCancellation() }
            return element
        }
    }
}

extension Strategy {
    /// Returns a stream under this strategy: a call that lasts until the stream ends.
    ///
    /// - Parameter open: opens the stream, such as a request with a streamed response. It may run
    ///   several times, also concurrently.
    public func stream<Elements: AsyncSequence & SendableMetatype>(
        _ open: @escaping @Sendable () async throws -> Elements
    ) -> StrategyStream<Elements.Element> where Elements.Element: Sendable {
        StrategyStream {
            let (elements, continuation) = AsyncThrowingStream<Elements.Element, any Error>
                .makeStream()
            let (demands, demand) = AsyncStream<Void>.makeStream()
            let task = Task {
                let sent = SentElements(continuation, demands)
                var call = Call()
                do throws(CallError<any Error>) {
                    try await run(&call) { call throws(CallError<any Error>) in
                        try await sent.attempt(&call, open)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error.cause)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
            return .init(elements: elements.makeAsyncIterator(), demands: demand)
        }
    }
}

/// The elements that the attempts of one stream deliver. Only the first attempt that has an element
/// delivers any.
private final class SentElements<Element: Sendable>: Sendable {
    private let elements: AsyncThrowingStream<Element, any Error>.Continuation
    private let demands: AsyncStream<Void>
    private let isTaken = Atomic(false)

    init(
        _ elements: AsyncThrowingStream<Element, any Error>.Continuation,
        _ demands: AsyncStream<Void>
    ) {
        self.elements = elements
        self.demands = demands
    }

    func attempt<Elements: AsyncSequence>(
        _ call: inout Call, _ open: @Sendable () async throws -> Elements
    ) async throws(CallError<any Error>) where Elements.Element == Element {
        // Another attempt already delivers elements, such as the request that this one hedges.
        if isTaken.load(ordering: .acquiring) { throw .cancelled }
        call.start()
        do {
            var demands = demands.makeAsyncIterator()
            var isFirst = true
            for try await element in try await open() {
                if isFirst, isTaken.exchange(true, ordering: .acquiringAndReleasing) {
                    throw Overtaken()
                }
                isFirst = false
                call.commit()
                guard await demands.next() != nil else { throw CancellationError() }
                elements.yield(element)
            }
        } catch is Overtaken {
            throw .cancelled
        } catch {
            throw call.fail(error)
        }
    }

    private struct Overtaken: Error {}
}
