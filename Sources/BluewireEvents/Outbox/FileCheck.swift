//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport
// File attributes.
private import Foundation

/// Looks whether files can be sent.
struct FileCheck {
    var limits: OutboundGate.Limits

    private static let pictures: Set<String> = ["png", "jpg", "jpeg", "heic", "heif", "gif", "tif", "tiff"]

    /// Refuses an action with a file that is missing, unreadable, empty, special or too large.
    func check(_ action: Send.Action) throws(OutboundError) {
        switch action {
        case .message(let draft):
            for path in draft.files { try check(path, limit: limits.fileBytes, member: "files") }
        case .chat(.icon(let path?)):
            guard Self.pictures.contains(path.split(separator: ".").last?.lowercased() ?? "") else {
                throw .invalid("The icon is not a picture.", "Use PNG, JPEG, HEIC, GIF or TIFF.", member: "icon")
            }
            try check(path, limit: limits.iconBytes, member: "icon")
        default: return
        }
    }

    private func check(_ path: String, limit: Int64, member: String) throws(OutboundError) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw .invalid("A file is not given by its absolute path.", "Give absolute paths.", member: member)
        }
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path)) else {
            throw .invalid(
                "A file is missing or its folder cannot be read.", "Check the path and the permissions.",
                member: member)
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .invalid("A path is not a file.", "Only regular files can be sent.", member: member)
        }
        let size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
        guard size > 0, size <= limit else {
            throw .invalid("A file is empty or too large.", "Use files of 1 to \(limit) bytes.", member: member)
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .invalid(
                "A file cannot be read.", "Make it readable for the gateway's user.", member: member)
        }
    }

    private func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}
