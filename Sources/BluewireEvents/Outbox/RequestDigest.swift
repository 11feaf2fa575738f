//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport
private import Crypto
// JSONEncoder with sorted keys.
private import Foundation

/// What makes two requests the same for an idempotency key: recipient, line and action as they were asked.
enum RequestDigest {
    private struct Content: Encodable {
        /// Only where the caller's spelling is not known.
        var recipient: Recipient?
        var recipientAsWritten: String?
        var line: LineID?
        var action: Send.Action
    }

    /// The digest of `request`; the key and the origin are no part of it.
    static func of(_ request: SendRequest) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let content = Content(
            recipient: request.recipientAsWritten == nil ? request.recipient : nil,
            recipientAsWritten: request.recipientAsWritten, line: request.line, action: request.action)
        // Encoding these values cannot fail; an empty digest would match only another failure.
        let bytes = (try? encoder.encode(content)) ?? Data()
        return Array(SHA256.hash(data: bytes))
    }
}

extension SendID {
    /// A new name.
    static func random() -> SendID {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
        return SendID(rawValue: "snd_" + String((0..<20).map { _ in alphabet[Int.random(in: 0..<32)] }))
    }
}

/// Looks whether files can be sent.
struct FileCheck {
    var limits: OutboundGate.Limits

    /// Refuses an action with a file that is missing, unreadable, empty, special or too large.
    func check(_ action: Send.Action) throws(OutboundError) {
        guard case .message(let draft) = action else { return }
        for path in draft.files {
            guard path.hasPrefix("/"), !path.utf8.contains(0) else {
                throw .invalid("A file is not given by its absolute path.", "Give absolute paths.")
            }
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path)) else {
                throw .invalid("A file is missing or its folder cannot be read.", "Check the path and the permissions.")
            }
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw .invalid("A path is not a file.", "Only regular files can be sent.")
            }
            let size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
            guard size > 0, size <= limits.fileBytes else {
                throw .invalid("A file is empty or too large.", "Send files of 1 to \(limits.fileBytes) bytes.")
            }
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw .invalid("A file cannot be read.", "Make it readable for the gateway's user.")
            }
        }
    }

    private func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}

extension OutboundError {
    /// The request can never be taken as it is.
    static func invalid(_ message: String, _ remedy: String) -> OutboundError {
        OutboundError(.invalid, message: message, remedy: remedy)
    }

    /// The Messages database cannot be read.
    static let storeUnavailable = OutboundError(
        .unavailable, message: "The Messages database cannot be read.", remedy: "Run doctor.")
}

extension String {
    /// Whether a single character is a letter, digit or sign rather than an emoji.
    var isPlainASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
