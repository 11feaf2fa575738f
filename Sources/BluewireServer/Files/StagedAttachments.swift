//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireWire
import HTTPTypes
import HummingbirdCore

/// The uploads an action is done with.
struct StagedAttachments: Sendable {
    private let uploads: [Upload]
    private let store: UploadStore?

    /// The uploads of those ids, as far as the caller may send them.
    ///
    /// - Throws: ``NativeProblem`` 404, or 409 when one is not complete or was sent already.
    init(_ ids: [String], _ call: Call) async throws {
        guard !ids.isEmpty else {
            uploads = []
            store = nil
            return
        }
        guard let store = call.context.uploads else { throw NativeProblem.notAvailable("uploads") }
        let hasKey = call.request.headers[.idempotencyKey] != nil
        var uploads: [Upload] = []
        for id in ids.prefix(100) {
            guard let upload = try await store.upload(id, for: try call.principal(), evenSpent: true) else {
                throw NativeProblem.notFound("upload")
            }
            guard upload.isComplete else { throw NativeProblem.uploadIncomplete(received: store.received(upload)) }
            // A repeated request must find its first result, also when the file was sent and removed since.
            if upload.spentAt != nil, !hasKey { throw NativeProblem.uploadSent }
            uploads.append(upload)
        }
        // Nobody tidies away what is about to be sent.
        try await store.touch(uploads)
        self.uploads = uploads
        self.store = store
    }

    /// What the files are, for an idempotency key; nil without any.
    var identities: [String]? { uploads.isEmpty ? nil : uploads.map(\.identity) }

    /// Whether each is an image.
    var areImages: Bool { uploads.allSatisfy { $0.mimeType.hasPrefix("image/") } }

    /// Where the file of one of them is; a name no file has for any other.
    func path(of id: String) -> String {
        guard let store, let upload = uploads.first(where: { $0.id == id }) else { return "" }
        return store.path(of: upload)
    }

    /// Keeps the files until the send has arrived.
    func keep(for send: NativeSend) async throws {
        try await store?.use(uploads, in: SendID(rawValue: send.id))
    }
}

extension NativeProblem {
    /// Something is missing.
    static func uploadIncomplete(received: Int64) -> NativeProblem {
        var problem = NativeProblem(
            .conflict, detail: "The upload is not complete.", remedy: "Send the rest to it first, then the message.")
        problem.received = received
        return problem
    }

    /// It is gone.
    static let uploadSent = NativeProblem(
        .conflict, detail: "The upload was sent already, and its file removed.", remedy: "Upload the file again.")
}
