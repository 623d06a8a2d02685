import Foundation
package import HostSupport
import ResilienceWire
package import Screen
import Settings

/// The themes that a user can choose: the built-in ones and the files `NAME.yaml` of a directory.
///
/// A file replaces the built-in theme of the same name.
package struct Themes {
    /// The origin of a theme.
    package enum Origin: Equatable {
        case shipped
        /// A file, with its path.
        case user(String)
    }

    /// A theme in the list.
    package struct Entry: Equatable {
        package let name: String
        package let origin: Origin
    }

    package let directory: String

    package init(directory: String = "\(ConfigDirectory.path)/themes") {
        self.directory = directory
    }

    /// All themes, the built-in ones first. A replaced built-in theme is left out.
    package var entries: [Entry] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let own = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
            .filter { !$0.isEmpty && !$0.hasPrefix(".") }.sorted()
        return Theme.shipped.filter { !own.contains($0) }.map { Entry(name: $0, origin: .shipped) }
            + own.map { Entry(name: $0, origin: .user(path($0))) }
    }

    /// Loads a theme by its name.
    ///
    /// - Throws: ``Failure`` if it does not exist or its file has an error.
    package func load(_ name: String) throws(Failure) -> Theme {
        let file = try file(name)
        if let problem = file.problems.first { throw Failure(.refused, problem.description) }
        return file.theme
    }

    /// Reads a theme by its name, with all errors of its file.
    package func file(_ name: String) throws(Failure) -> ThemeFile {
        do throws(SettingsError) {
            if let file = try file(name, within: []) { return file }
        } catch {
            throw Failure(.refused, error.description)
        }
        let names = entries.map(\.name).joined(separator: ", ")
        throw Failure(.refused, "unknown theme \(name), expected one of: \(names)")
    }

    /// Reads a theme from any file.
    package func file(at path: String) throws(Failure) -> ThemeFile {
        do throws(SettingsError) {
            return try read(path, name: nil, within: [])
        } catch {
            throw Failure(.refused, error.description)
        }
    }

    private func path(_ name: String) -> String { "\(directory)/\(name).yaml" }

    /// - Parameter chain: the themes that extend this one, directly or indirectly.
    private func file(
        _ name: String, within chain: [String]
    ) throws(SettingsError) -> ThemeFile? {
        // A name with a slash is not a file of the directory.
        let isOwn = !name.contains("/") && FileManager.default.fileExists(atPath: path(name))
        if isOwn, !chain.contains(name) { return try read(path(name), name: name, within: chain) }
        // A user's file may extend the built-in theme of the same name.
        guard !isOwn || chain.last == name, let yaml = Theme.source(of: name) else { return nil }
        return ThemeFile(yaml: yaml, file: "themes/\(name).yaml")
    }

    private func read(
        _ path: String, name: String?, within chain: [String]
    ) throws(SettingsError) -> ThemeFile {
        func wrong(_ words: String) -> SettingsError {
            SettingsError(file: path, line: 1, problem: .other(words))
        }
        let bytes: [UInt8]
        do throws(InputFile.Refused) {
            bytes = try InputFile.read(path)
        } catch {
            throw wrong("cannot be read: \(error)")
        }
        guard let yaml = String(validating: bytes, as: UTF8.self) else {
            throw wrong("not text: expected UTF-8")
        }
        let chain = chain + (name.map { [$0] } ?? [])
        let shown = SafeText.sanitise(path)
        return ThemeFile(yaml: yaml, file: shown) { (base) throws(SettingsError) in
            guard let parent = try file(base, within: chain) else { return nil }
            if let problem = parent.problems.first { throw problem }
            return parent.theme
        }
    }
}
