import Foundation
package import HostSupport
import ResilienceWire
package import Screen
import Settings

/// The themes that a user can choose: those of the program and those of their own, which are
/// `NAME.yaml` in a directory and go before.
package struct Themes {
    /// Where a theme comes from.
    package enum Origin: Equatable {
        case shipped
        /// A file, by its path.
        case user(String)
    }

    /// A theme that there is.
    package struct Entry: Equatable {
        package let name: String
        package let origin: Origin
    }

    package let directory: String

    package init(directory: String = "\(ConfigDirectory.path)/themes") {
        self.directory = directory
    }

    /// All of them, the program's first; one that a user's own replaces is not among them.
    package var entries: [Entry] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let own = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
            .filter { !$0.isEmpty && !$0.hasPrefix(".") }.sorted()
        return Theme.shipped.filter { !own.contains($0) }.map { Entry(name: $0, origin: .shipped) }
            + own.map { Entry(name: $0, origin: .user(path($0))) }
    }

    /// The theme of that name; a sentence for people where there is none, or its file is wrong.
    package func load(_ name: String) throws(Failure) -> Theme {
        let file = try file(name)
        if let problem = file.problems.first { throw Failure(.refused, problem.description) }
        return file.theme
    }

    /// The theme of that name, with what is wrong with its file.
    package func file(_ name: String) throws(Failure) -> ThemeFile {
        do throws(SettingsError) {
            if let file = try file(name, within: []) { return file }
        } catch {
            throw Failure(.refused, error.description)
        }
        let names = entries.map(\.name).joined(separator: ", ")
        throw Failure(.refused, "no theme \(name), expected one of: \(names)")
    }

    /// A theme of any file, which need not be among them.
    package func file(at path: String) throws(Failure) -> ThemeFile {
        do throws(SettingsError) {
            return try read(path, name: nil, within: [])
        } catch {
            throw Failure(.refused, error.description)
        }
    }

    private func path(_ name: String) -> String { "\(directory)/\(name).yaml" }

    /// - Parameter chain: the themes that lead here by `extends`.
    private func file(
        _ name: String, within chain: [String]
    ) throws(SettingsError) -> ThemeFile? {
        // What is no plain name is no file of the directory.
        let isOwn = !name.contains("/") && FileManager.default.fileExists(atPath: path(name))
        if isOwn, !chain.contains(name) { return try read(path(name), name: name, within: chain) }
        // One of a user's own may extend the program's of the same name.
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
