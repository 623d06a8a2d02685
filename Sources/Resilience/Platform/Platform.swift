#if canImport(Darwin)
    import Darwin
    import Dispatch
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#else
    #error("Platform.swift has no clock, no blocking wait and no error numbers for this system.")
#endif

/// The system services of this library: clocks, a blocking wait, a semaphore and the error numbers.
/// No other file of this target imports a C library.
///
/// Compiled and tested on Linux with Glibc. The branches for Musl, Darwin and Android follow their
/// documentation and have not been compiled yet.
enum Platform {
    #if canImport(Darwin)
        // Stops while the machine sleeps, like Linux's CLOCK_MONOTONIC.
        private static var monotonicClock: clockid_t { CLOCK_UPTIME_RAW }
        private static var coarseClock: clockid_t { CLOCK_UPTIME_RAW_APPROX }
    #else
        private static var monotonicClock: clockid_t { CLOCK_MONOTONIC }
        private static var coarseClock: clockid_t { CLOCK_MONOTONIC_COARSE }
    #endif

    /// The present time of the monotonic clock.
    static var now: Instant { Instant(read(monotonicClock)) }

    /// The time of the kernel's last tick, some milliseconds ago, on the scale of ``now``. Reading
    /// it costs a fifth.
    static var lastTick: Instant { Instant(read(coarseClock)) }

    /// The time since 1970 on the wall clock.
    static var sinceEpoch: Duration {
        let time = read(CLOCK_REALTIME)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    /// The present thread's identifier.
    static var thread: UInt {
        #if canImport(Darwin) || canImport(Musl)
            UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
    }

    /// Blocks the thread for a time. Signals do not end the wait.
    static func block(nanoseconds: Int64) {
        var wanted = timespec()
        wanted.tv_sec = .init(nanoseconds / 1_000_000_000)
        wanted.tv_nsec = .init(nanoseconds % 1_000_000_000)
        var rest = timespec()
        while nanosleep(&wanted, &rest) == -1 && errno == EINTR { wanted = rest }
    }

    @inline(__always)
    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}

extension Instant {
    fileprivate init(_ time: timespec) {
        self.init(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}

// MARK: - Semaphore

#if canImport(Darwin)
    /// Blocks one thread until another one signals it.
    final class Semaphore: Sendable {
        // Darwin has no unnamed POSIX semaphores.
        private let semaphore = DispatchSemaphore(value: 0)

        func signal() {
            semaphore.signal()
        }

        func wait() {
            semaphore.wait()
        }
    }
#else
    /// Blocks one thread until another one signals it.
    final class Semaphore: Sendable {
        // The C library's semaphore must not move, so it is allocated separately. It is held as an
        // address, because a pointer is not `Sendable`, although any thread may use the semaphore.
        private let address: UInt

        init() {
            let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
            semaphore.initialize(to: sem_t())
            sem_init(semaphore, 0, 0)
            address = UInt(bitPattern: semaphore)
        }

        deinit {
            semaphore { semaphore in
                sem_destroy(semaphore)
                semaphore.deallocate()
            }
        }

        func signal() {
            semaphore { sem_post($0) }
        }

        func wait() {
            semaphore { while sem_wait($0) == -1 && errno == EINTR {} }
        }

        private func semaphore(_ use: (UnsafeMutablePointer<sem_t>) -> Void) {
            // Never nil: it is the address of an allocation.
            if let semaphore = UnsafeMutablePointer<sem_t>(bitPattern: address) { use(semaphore) }
        }
    }
#endif

// MARK: - Error numbers

extension Platform {
    /// An error number of the C library.
    struct KnownError: Sendable {
        /// Its name in C, such as `ECONNREFUSED`.
        let name: String
        let errorClass: ErrorClass
    }

    /// All error numbers of this system. A number with two names, such as `EAGAIN` and
    /// `EWOULDBLOCK`, is listed once.
    static let knownErrors: [Int32: KnownError] = {
        var known: [Int32: KnownError] = [:]
        for (errorClass, numbers) in errorNumbers + systemErrorNumbers {
            for (name, number) in numbers {
                known[number] = KnownError(name: name, errorClass: errorClass)
            }
        }
        return known
    }()

    private typealias Numbers = KeyValuePairs<String, Int32>

    /// The numbers of POSIX and of BSD's sockets, by class.
    private static let errorNumbers: [(ErrorClass, Numbers)] = [
        (
            .connection,
            [
                "ECONNABORTED": ECONNABORTED, "ECONNREFUSED": ECONNREFUSED,
                "ECONNRESET": ECONNRESET, "EHOSTDOWN": EHOSTDOWN, "EHOSTUNREACH": EHOSTUNREACH,
                "ENETDOWN": ENETDOWN, "ENETRESET": ENETRESET, "ENETUNREACH": ENETUNREACH,
                "ENOLINK": ENOLINK, "ENOTCONN": ENOTCONN, "EPIPE": EPIPE, "ESHUTDOWN": ESHUTDOWN,
            ]
        ),
        (.timeout, ["ETIME": ETIME, "ETIMEDOUT": ETIMEDOUT]),
        (
            // A resource is temporarily in use or exhausted: a port, memory, descriptors, a lock.
            .unavailable,
            [
                "EADDRINUSE": EADDRINUSE, "EADDRNOTAVAIL": EADDRNOTAVAIL, "EAGAIN": EAGAIN,
                "EALREADY": EALREADY, "EBUSY": EBUSY, "EDEADLK": EDEADLK,
                "EINPROGRESS": EINPROGRESS, "EINTR": EINTR, "EMFILE": EMFILE, "ENFILE": ENFILE,
                "ENOBUFS": ENOBUFS, "ENOLCK": ENOLCK, "ENOMEM": ENOMEM, "ENOSR": ENOSR,
                "ETOOMANYREFS": ETOOMANYREFS, "ETXTBSY": ETXTBSY, "EUSERS": EUSERS,
            ]
        ),
        (.authorisation, ["EACCES": EACCES, "EPERM": EPERM]),
        (.notFound, ["ENODEV": ENODEV, "ENOENT": ENOENT, "ENXIO": ENXIO, "ESRCH": ESRCH]),
        (
            .invalidInput,
            [
                "E2BIG": E2BIG, "EAFNOSUPPORT": EAFNOSUPPORT, "EBADF": EBADF,
                "EDESTADDRREQ": EDESTADDRREQ, "EDOM": EDOM, "EFAULT": EFAULT, "EFBIG": EFBIG,
                "EILSEQ": EILSEQ, "EINVAL": EINVAL, "EISCONN": EISCONN, "EISDIR": EISDIR,
                "ELOOP": ELOOP, "EMSGSIZE": EMSGSIZE, "ENAMETOOLONG": ENAMETOOLONG,
                "ENOPROTOOPT": ENOPROTOOPT, "ENOTBLK": ENOTBLK, "ENOTDIR": ENOTDIR,
                "ENOTSOCK": ENOTSOCK, "ENOTSUP": ENOTSUP, "ENOTTY": ENOTTY,
                "EOPNOTSUPP": EOPNOTSUPP, "EOVERFLOW": EOVERFLOW, "EPFNOSUPPORT": EPFNOSUPPORT,
                "EPROTONOSUPPORT": EPROTONOSUPPORT, "EPROTOTYPE": EPROTOTYPE, "ERANGE": ERANGE,
                "ESOCKTNOSUPPORT": ESOCKTNOSUPPORT, "ESPIPE": ESPIPE,
            ]
        ),
        (
            .other,
            [
                "EBADMSG": EBADMSG, "ECANCELED": ECANCELED, "ECHILD": ECHILD, "EDQUOT": EDQUOT,
                "EEXIST": EEXIST, "EIDRM": EIDRM, "EIO": EIO, "EMLINK": EMLINK,
                "EMULTIHOP": EMULTIHOP, "ENODATA": ENODATA, "ENOEXEC": ENOEXEC, "ENOMSG": ENOMSG,
                "ENOSPC": ENOSPC, "ENOSTR": ENOSTR, "ENOSYS": ENOSYS, "ENOTEMPTY": ENOTEMPTY,
                "ENOTRECOVERABLE": ENOTRECOVERABLE, "EOWNERDEAD": EOWNERDEAD, "EPROTO": EPROTO,
                "EREMOTE": EREMOTE, "EROFS": EROFS, "ESTALE": ESTALE, "EXDEV": EXDEV,
            ]
        ),
    ]

    #if canImport(Darwin)
        /// Error numbers that only this system has.
        private static let systemErrorNumbers: [(ErrorClass, Numbers)] = [
            (.unavailable, ["EPROCLIM": EPROCLIM]),
            (.authentication, ["EAUTH": EAUTH, "ENEEDAUTH": ENEEDAUTH]),
            (.notFound, ["ENOATTR": ENOATTR]),
            (
                .other,
                [
                    "EBADARCH": EBADARCH, "EBADEXEC": EBADEXEC, "EBADMACHO": EBADMACHO,
                    "EBADRPC": EBADRPC, "EDEVERR": EDEVERR, "EFTYPE": EFTYPE,
                    "ENOPOLICY": ENOPOLICY, "EPROCUNAVAIL": EPROCUNAVAIL,
                    "EPROGMISMATCH": EPROGMISMATCH, "EPROGUNAVAIL": EPROGUNAVAIL,
                    "EPWROFF": EPWROFF, "EQFULL": EQFULL, "ERPCMISMATCH": ERPCMISMATCH,
                    "ESHLIBVERS": ESHLIBVERS,
                ]
            ),
        ]
    #else
        /// Error numbers that only Linux has.
        private static let systemErrorNumbers: [(ErrorClass, Numbers)] = [
            (.connection, ["ECOMM": ECOMM, "ENONET": ENONET, "ESTRPIPE": ESTRPIPE]),
            (.unavailable, ["ERESTART": ERESTART]),
            (
                .authentication,
                [
                    "EKEYEXPIRED": EKEYEXPIRED, "EKEYREJECTED": EKEYREJECTED,
                    "EKEYREVOKED": EKEYREVOKED, "ENOKEY": ENOKEY,
                ]
            ),
            (.notFound, ["ENOMEDIUM": ENOMEDIUM, "ENOPKG": ENOPKG]),
            (.invalidInput, ["EBADFD": EBADFD, "EMEDIUMTYPE": EMEDIUMTYPE]),
            (
                .other,
                [
                    "EADV": EADV, "EBADE": EBADE, "EBADR": EBADR, "EBADRQC": EBADRQC,
                    "EBADSLT": EBADSLT, "EBFONT": EBFONT, "ECHRNG": ECHRNG, "EDOTDOT": EDOTDOT,
                    "EHWPOISON": EHWPOISON, "EISNAM": EISNAM, "EL2HLT": EL2HLT,
                    "EL2NSYNC": EL2NSYNC, "EL3HLT": EL3HLT, "EL3RST": EL3RST, "ELIBACC": ELIBACC,
                    "ELIBBAD": ELIBBAD, "ELIBEXEC": ELIBEXEC, "ELIBMAX": ELIBMAX,
                    "ELIBSCN": ELIBSCN, "ELNRNG": ELNRNG, "ENAVAIL": ENAVAIL, "ENOANO": ENOANO,
                    "ENOCSI": ENOCSI, "ENOTNAM": ENOTNAM, "ENOTUNIQ": ENOTUNIQ,
                    "EREMCHG": EREMCHG, "EREMOTEIO": EREMOTEIO, "ERFKILL": ERFKILL,
                    "ESRMNT": ESRMNT, "EUCLEAN": EUCLEAN, "EUNATCH": EUNATCH, "EXFULL": EXFULL,
                ]
            ),
        ]
    #endif
}
