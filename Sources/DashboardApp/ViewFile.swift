package import Dashboard
import Dispatch
import Foundation
import HostSupport

/// `view.json`: the view of the dashboard, from one session to the next. Its mode is 0600.
///
/// Only a damaged file is reported, because a lost one does no harm.
package struct ViewFile: Sendable {
    /// The content of the file.
    package struct Content: Equatable, Codable, Sendable {
        package var view = SavedView()
        /// The theme that the operator chose in the dashboard; `nil` for none.
        package var theme: String?
    }

    /// The content, and a message if the file cannot be read.
    package struct Loaded: Equatable, Sendable {
        package var content = Content()
        package var notice: String?
    }

    package let path: String
    /// Writes happen on this queue, so that a slow disk does not delay the screen.
    private let queue = DispatchQueue(label: "fusebox.view")

    private static let sizeLimit = 65_536

    /// - Parameter directory: the directory of the file; created with mode 0700 at the first write.
    package init(in directory: String) {
        path = "\(directory)/view.json"
    }

    /// Reads the file; a missing or damaged file gives the defaults.
    package func load() -> Loaded {
        do throws(InputFile.Refused) {
            let bytes = try InputFile.read(path, limit: Self.sizeLimit)
            guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)) else {
                return Loaded(notice: "\(path) is damaged and not used")
            }
            return Loaded(content: content)
        } catch {
            switch error {
            case .missing: return Loaded()
            case .tooLarge, .compressed:
                return Loaded(notice: "\(path) is damaged and not used")
            case .noFile, .failed: return Loaded(notice: "cannot read \(path): \(error)")
            }
        }
    }

    /// Replaces the content of the file.
    package func keep(_ content: Content) {
        queue.async {
            guard let text = try? JSONText.line(content) else { return }
            try? PrivateFile.replace(path, by: text + "\n")
        }
    }

    /// Waits for all writes.
    package func finish() { queue.sync {} }
}
