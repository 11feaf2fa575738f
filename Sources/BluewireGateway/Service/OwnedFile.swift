//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
// Full Foundation: reading files, links, folders.
import Foundation

/// A file that `bluewire service` wrote, told from everybody else's by a line with the digest of the rest.
///
/// What was changed by hand since is not ours any more: it is neither overwritten nor removed.
package struct OwnedFile: Sendable {
    /// Where it is.
    package let path: String

    /// The file at `path`.
    package init(path: String) { self.path = path }

    /// What lies there.
    package enum State: String, Hashable, Sendable, Encodable {
        /// Nothing.
        case absent
        /// What would be written now.
        case current
        /// Ours, but of another plan or version.
        case outdated
        /// Somebody else's, or ours after a change by hand.
        case foreign
    }

    /// What lies there, beside the contents it should have.
    package func state(expecting contents: String) -> State {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return .absent }
        guard attributes[.type] as? FileAttributeType == .typeRegular,
            let text = try? String(contentsOfFile: path, encoding: .utf8)
        else { return .foreign }
        if text == Self.marked(contents) { return .current }
        return Self.isOurs(text) ? .outdated : .foreign
    }

    /// Writes the contents at once or not at all.
    ///
    /// - Throws: ``GatewayError`` when somebody else's file is there, or nothing can be written.
    package func write(_ contents: String) throws(GatewayError) {
        let state = state(expecting: contents)
        guard state != .foreign else { throw foreign }
        guard state != .current else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true
            )
        } catch {
            throw GatewayError(
                .cannotCreate, message: "The folder of \(path) cannot be made.",
                remedy: "Check that you may write there."
            )
        }
        let draft = "\(path).\(UUID().uuidString.prefix(8)).new"
        defer { unlink(draft) }
        let file = try PrivateFile(creating: draft)
        try file.write([UInt8](Self.marked(contents).utf8))
        try file.synchronise()
        // A link fails where somebody's file appeared meanwhile; a rename would replace it.
        guard state == .absent ? link(draft, path) == 0 : rename(draft, path) == 0 else {
            if state == .absent, errno == EEXIST { throw foreign }
            throw GatewayError(
                .cannotCreate, message: "\(path) cannot be written.", remedy: "Check that you may write there."
            )
        }
    }

    /// Removes the file if it is ours.
    ///
    /// - Throws: ``GatewayError`` when it is not, or cannot be removed.
    package func remove() throws(GatewayError) {
        switch state(expecting: "") {
        case .absent: return
        case .foreign: throw foreign
        case .current, .outdated: break
        }
        guard unlink(path) == 0 else {
            throw GatewayError(
                .cannotCreate, message: "\(path) cannot be removed.", remedy: "Check that you may write there."
            )
        }
    }

    /// Why nothing was done to the file.
    package var foreign: GatewayError {
        GatewayError(
            .cannotCreate, message: "\(path) was not written by Bluewire, or was changed since.",
            remedy: "Move it away and try again; own settings of a unit belong into `systemctl --user edit`."
        )
    }

    // MARK: - The mark

    /// The contents with the line that says whose they are, where the format allows a comment.
    package static func marked(_ contents: String) -> String {
        let mark = "Written by `bluewire service install`; "
        let digest = digest(of: contents)
        guard contents.hasPrefix("<?xml"), let end = contents.firstIndex(of: "\n") else {
            return "# \(mark)\(digest)\n\(contents)"
        }
        let rest = contents.index(after: end)
        return "\(contents[..<rest])<!-- \(mark)\(digest) -->\n\(contents[rest...])"
    }

    /// Whether a text carries the mark of exactly the rest of it.
    package static func isOurs(_ text: String) -> Bool {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let place = text.hasPrefix("<?xml") ? 1 : 0
        guard lines.count > place else { return false }
        lines.remove(at: place)
        return marked(lines.joined(separator: "\n")) == text
    }

    private static func digest(of contents: String) -> String {
        var digest = StreamDigest()
        digest.update([UInt8](contents.utf8))
        return "sha256 \(digest.value)"
    }
}
