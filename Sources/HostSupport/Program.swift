import Glibc

/// This program's version and executable file.
package enum Program {
    /// The version of this release.
    package static let version = "0.1.0"

    /// The absolute path of the executable file.
    package static func path() throws(Failure) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else {
            throw Failure(.refused, "cannot find this program's own file in /proc/self/exe")
        }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
