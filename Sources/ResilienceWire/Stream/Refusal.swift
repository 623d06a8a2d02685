/// The hub's reason for closing a connection: `{"t":"error"}`.
public struct Refusal: Equatable, Sendable {
    /// A short, stable code for programs.
    public var code: String
    /// The problem and what was expected, for people.
    public var detail: String

    /// A refusal with its reason.
    public init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }
}
