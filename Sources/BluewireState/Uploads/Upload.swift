//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A file somebody uploaded to send it.
package struct Upload: Hashable, Sendable {
    /// Its name, for example `up_…`.
    package var id: String
    /// The id of the token or session that uploads it.
    package var owner: String
    /// The file's name, which the recipient sees.
    package var name: String
    /// Its media type.
    package var mimeType: String
    /// How large it is, or will be; nil while nobody has said.
    package var bytes: Int64?
    /// The SHA-256 of the whole file in hexadecimal; nil while something is missing.
    package var digest: String?
    /// Whether a cut upload is kept, so that it can be resumed.
    package var isResumable: Bool
    /// When it was begun.
    package var createdAt: Timestamp
    /// When it goes, unless a send still needs it.
    package var expiresAt: Timestamp
    /// When its file was removed because it was sent; what it was is remembered for repeated requests.
    package var spentAt: Timestamp?

    /// Whether every byte has arrived.
    package var isComplete: Bool { digest != nil }

    /// Whether `principal` may look at it and send it: who uploaded it, or the owner.
    package func isUsable(by principal: Principal) -> Bool {
        owner == principal.id || principal.id == Principal.owner.id
    }

    /// What the file is, wherever it lies: name and content.
    package var identity: String { "\(digest ?? id) \(name)" }
}

/// Why an upload cannot go on.
package enum UploadError: Error, Hashable, Sendable {
    /// It is larger than is allowed.
    case tooLarge(limit: Int64)
    /// More bytes came than were announced.
    case exceedsAnnounced(bytes: Int64)
    /// Nothing came.
    case empty
    /// The token's uploads hold as much as they may.
    case quotaReached(bytes: Int64)
    /// A later request writes the same upload, or it was removed.
    case takenOver
}
