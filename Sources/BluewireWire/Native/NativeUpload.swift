//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A file that was uploaded to be sent, or is being uploaded.
package struct NativeUpload: Hashable, Sendable, Decodable, JSONWritable {
    /// Its id.
    package var id: String
    /// The file's name.
    package var name: String
    /// Its media type.
    package var mimeType: String
    /// How large it is, or will be.
    package var bytes: Int64
    /// How many bytes have arrived; where a resumed upload goes on.
    package var received: Int64
    /// The SHA-256 of the whole file in hexadecimal; nil while something is missing.
    package var sha256: String?
    /// Whether it can be sent.
    package var isComplete: Bool
    /// When it was begun.
    package var createdAt: NativeTime
    /// When it goes if it is neither finished nor sent.
    package var expiresAt: NativeTime

    /// What is told of a file's content.
    package struct Content: Hashable, Sendable {
        /// How large it is, or will be.
        package var bytes: Int64
        /// How much has arrived.
        package var received: Int64
        /// Its digest, once all has.
        package var sha256: String?

        /// Content from its parts.
        package init(bytes: Int64, received: Int64, sha256: String?) {
            self.bytes = bytes
            self.received = received
            self.sha256 = sha256
        }
    }

    /// An upload from its parts.
    package init(
        id: String, name: String, mimeType: String, content: Content, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.mimeType = mimeType
        bytes = content.bytes
        received = content.received
        sha256 = content.sha256
        isComplete = content.sha256 != nil
        self.createdAt = NativeTime(createdAt)
        self.expiresAt = NativeTime(expiresAt)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("mimeType", mimeType)
            writer.member("bytes", bytes)
            writer.member("received", received)
            writer.member("sha256", sha256)
            writer.member("isComplete", isComplete)
            writer.member("createdAt", createdAt)
            writer.member("expiresAt", expiresAt)
        }
    }
}

/// The JSON body of `POST /v1/uploads`, which begins an upload in pieces.
package struct NativeUploadRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The file's name.
    package var name: String
    /// How large it is.
    package var bytes: Int64
    /// Its media type.
    package var mimeType: String?

    /// A request from its fields.
    package init(name: String, bytes: Int64, mimeType: String? = nil) {
        self.name = name
        self.bytes = bytes
        self.mimeType = mimeType
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("bytes", bytes)
            if let mimeType { writer.member("mimeType", mimeType) }
        }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case name, bytes, mimeType }
    package typealias Key = CodingKeys
}
