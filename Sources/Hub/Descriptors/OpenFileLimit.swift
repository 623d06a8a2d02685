import Glibc

/// This process's limit on open files.
struct OpenFileLimit: Equatable {
    /// The limit in force.
    let limit: Int
    /// The soft limit from before the hub raised it, for the programs that the hub starts. `nil` if
    /// it was not raised.
    let inherited: Int?

    /// Raises the soft limit to the hard limit. Keeps the soft limit if the system refuses.
    static func raised() -> OpenFileLimit {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else {
            return OpenFileLimit(limit: 1_024, inherited: nil)
        }
        var raised = limits
        raised.rlim_cur = limits.rlim_max
        guard limits.rlim_cur < limits.rlim_max, setrlimit(resource, &raised) == 0 else {
            return OpenFileLimit(limit: count(limits.rlim_cur), inherited: nil)
        }
        return OpenFileLimit(
            limit: count(raised.rlim_cur), inherited: count(limits.rlim_cur))
    }

    private static func count(_ limit: rlim_t) -> Int {
        Int(clamping: min(limit, rlim_t(Int32.max)))
    }
}
