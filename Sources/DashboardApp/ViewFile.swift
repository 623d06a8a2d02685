package import Dashboard
import Dispatch
import Foundation
import HostSupport

/// How the dashboard was looked at, from one to the next: `view.json`, for this user alone. Losing
/// it is no harm, so only what is damaged is told.
package struct ViewFile: Sendable {
    /// What is kept.
    package struct Content: Equatable, Codable, Sendable {
        package var view = SavedView()
        /// The theme that was chosen while it ran; nothing where none was.
        package var theme: String?
    }

    /// What was kept, and a line for people where it cannot be read.
    package struct Loaded: Equatable, Sendable {
        package var content = Content()
        package var notice: String?
    }

    package let path: String
    /// A disk may take its time, and the screen does not wait for it.
    private let queue = DispatchQueue(label: "fusebox.view")

    private static let sizeLimit = 65_536

    /// - Parameter directory: where it is; made for this user alone when something is kept.
    package init(in directory: String) {
        path = "\(directory)/view.json"
    }

    /// What was kept; without a file, or with a damaged one, as from the start.
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

    /// Keeps this in place of what was kept before.
    package func keep(_ content: Content) {
        queue.async {
            guard let text = try? JSONText.line(content) else { return }
            try? PrivateFile.replace(path, by: text + "\n")
        }
    }

    /// Waits until everything is kept.
    package func finish() { queue.sync {} }
}
