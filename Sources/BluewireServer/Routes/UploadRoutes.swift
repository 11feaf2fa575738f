//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird

/// Files that are to be sent.
enum UploadRoutes {
    static let routes = [create, one, append, remove]

    private static let create = Route.raw(
        .post, "/v1/uploads", "createUpload", .scope(.attachmentsWrite),
        "Upload a file, or begin an upload in pieces.",
        body: .jsonOrBytes(NativeUploadRequest.self, types: ["application/octet-stream", "multipart/form-data"]),
        answers: [.json(NativeUpload.self, status: .created, "The file is here, or can come in pieces.")]
    ) { call in
        let store = try store(call)
        let receiver = UploadReceiver(store: store)
        let owner = try call.principal().id
        let name = call.query("name")
        let upload: Upload
        switch UploadReceiver.mediaType(call.request.headers[.contentType]) {
        case "application/json":
            let request: NativeUploadRequest = try await call.body()
            upload = try await store.begin(
                owner: owner, name: request.name, mimeType: UploadReceiver.mediaType(request.mimeType),
                bytes: request.bytes, isResumable: true)
        case "multipart/form-data":
            upload = try await receiver.receiveForm(call.request, owner: owner)
        default:
            upload = try await receiver.receive(call.request, named: name, owner: owner)
        }
        return .json(NativeUpload(upload, received: store.received(upload)), status: .created)
    }.detail(
        """
        The body is the file itself (of any type, its name in `name` or `Content-Disposition`), a form with one file, or \
        JSON that announces a file to be sent in pieces with `PATCH`. A JSON file itself goes up as a form or as \
        `application/octet-stream`. Of an upload in one piece that is cut nothing is kept. Unfinished and unused uploads go after 24 hours.
        """
    ).query(.text("name", "The file's name, for a body that is the file itself.", "cat.jpg"))

    private static let one = Route.get(
        "/v1/uploads/{upload}", "getUpload", .scope(.attachmentsWrite), "One upload, and how much of it has arrived.",
        gives: NativeUpload.self
    ) { call in
        let upload = try await upload(call)
        return NativeUpload(upload, received: try store(call).received(upload))
    }.detail("Only whoever uploads it sees it.")

    private static let append = Route.raw(
        .patch, "/v1/uploads/{upload}", "appendToUpload", .scope(.attachmentsWrite),
        "Send the next bytes of an upload.",
        body: .jsonOrBytes(nil, types: ["application/octet-stream"]), answers: [.json(NativeUpload.self)]
    ) { call in
        let offset = call.request.headers[.uploadOffset].flatMap(Int64.init) ?? 0
        let store = try store(call)
        var upload = try await upload(call)
        guard !upload.isComplete else { throw NativeProblem.wrongOffset(received: store.received(upload)) }
        try await store.touch([upload])
        upload = try await UploadReceiver(store: store).resume(upload, with: call.request, at: offset)
        return .json(NativeUpload(upload, received: store.received(upload)))
    }.detail(
        """
        What arrives before the connection is cut stays: ask for `received`, and go on there. Another `Upload-Offset` \
        answers 409 with the right one. A later request takes over from one that still writes.
        """
    ).headers(.uploadOffset).problems(.conflict)

    private static let remove = Route.act(
        .delete, "/v1/uploads/{upload}", "deleteUpload", .scope(.attachmentsWrite), "Remove an upload."
    ) { call in try await store(call).remove(try await upload(call)) }

    private static func store(_ call: Call) throws -> UploadStore {
        guard let store = call.context.uploads else { throw NativeProblem.notAvailable("uploads") }
        return store
    }

    private static func upload(_ call: Call) async throws -> Upload {
        let id = try call.parameter("upload")
        guard let upload = try await store(call).upload(id, for: try call.principal()) else {
            throw NativeProblem.notFound("upload")
        }
        return upload
    }
}

extension NativeUpload {
    /// An upload as it travels.
    init(_ upload: Upload, received: Int64) {
        self.init(
            id: upload.id, name: upload.name, mimeType: upload.mimeType,
            content: Content(bytes: upload.bytes ?? received, received: received, sha256: upload.digest),
            createdAt: upload.createdAt, expiresAt: upload.expiresAt)
    }
}
