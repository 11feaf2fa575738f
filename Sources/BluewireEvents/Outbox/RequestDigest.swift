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
        /// Absent when nil, so that digests of earlier versions stay what they are.
        var notBefore: Timestamp?
    }

    /// The digest of `request`; the key and the origin are no part of it.
    static func of(_ request: SendRequest) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var action = request.action
        if let files = request.fileIdentities, case .message(var draft) = action {
            draft.files = files
            action = .message(draft)
        }
        let content = Content(
            recipient: request.recipientAsWritten == nil ? request.recipient : nil,
            recipientAsWritten: request.recipientAsWritten, line: request.line, action: action,
            notBefore: request.notBefore)
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
