//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix

/// Receives the bytes of uploads as they come: each piece goes to the disk before the next is asked for.
struct UploadReceiver: Sendable {
    let store: UploadStore

    /// A whole file in the body of one request.
    ///
    /// What is cut or refused leaves nothing behind.
    func receive(_ request: Request, named name: String?, owner: String) async throws -> Upload {
        let length = request.headers[.contentLength].flatMap(Int64.init)
        let upload = try await store.begin(
            owner: owner, name: name ?? Self.name(in: request) ?? "file", mimeType: Self.mediaType(request),
            bytes: length, isResumable: false)
        return try await orNothing(upload) {
            let writer = try store.writer(of: upload)
            for try await chunk in request.body { try await write(chunk, with: writer) }
            return try await finish(upload, with: writer)
        }
    }

    /// The one file in a form.
    ///
    /// Other fields are read and passed over.
    func receiveForm(_ request: Request, owner: String) async throws -> Upload {
        let length = request.headers[.contentLength].flatMap(Int64.init)
        if let length, length > store.limits.fileBytes + Self.formOverhead {
            throw UploadError.tooLarge(limit: store.limits.fileBytes)
        }
        var parser = try MultipartParser(contentType: request.headers[.contentType] ?? "")
        var current: (upload: Upload, writer: UploadWriter)?
        var found: Upload?
        var passedOver: Int64 = 0
        do {
            for try await chunk in request.body {
                parser.append(chunk)
                while let event = try parser.next() {
                    switch event {
                    case .part(let part):
                        guard let name = part.fileName else { continue }
                        guard found == nil else { throw NativeProblem.oneFile }
                        let upload = try await store.begin(
                            owner: owner, name: name, mimeType: Self.mediaType(part.contentType), bytes: nil,
                            isResumable: false)
                        found = upload
                        current = (upload, try store.writer(of: upload))
                    case .data(let bytes):
                        if let current {
                            try await write(bytes, with: current.writer)
                        } else {
                            passedOver += Int64(bytes.readableBytes)
                            guard passedOver <= Self.formOverhead else { throw NativeProblem.oneFile }
                        }
                    case .partEnd:
                        if let current { found = try await finish(current.upload, with: current.writer) }
                        current = nil
                    case .end: break
                    }
                }
            }
            guard parser.isAtEnd else { throw NativeProblem.cutBody }
            guard let found else { throw NativeProblem.oneFile }
            return found
        } catch {
            if let found { try? await store.remove(found) }
            throw error
        }
    }

    /// The next bytes of an upload in pieces; what arrives before a cut stays.
    func resume(_ upload: Upload, with request: Request, at offset: Int64) async throws -> Upload {
        let writer = try store.writer(of: upload)
        guard writer.start == offset else { throw NativeProblem.wrongOffset(received: writer.start) }
        let rest = (upload.bytes ?? store.limits.fileBytes) - offset
        if let length = request.headers[.contentLength].flatMap(Int64.init), length > rest {
            throw UploadError.exceedsAnnounced(bytes: upload.bytes ?? store.limits.fileBytes)
        }
        do {
            for try await chunk in request.body { try await write(chunk, with: writer) }
        } catch let error as UploadError {
            if case .exceedsAnnounced = error { writer.undo() }
            throw error
        }
        guard store.received(upload) > offset else { throw NativeProblem.noBytes }
        guard store.received(upload) == upload.bytes else { return upload }
        return try await finish(upload, with: writer)
    }

    /// What a form may carry beside the file, in bytes.
    private static let formOverhead: Int64 = 131_072

    private func write(_ chunk: ByteBuffer, with writer: UploadWriter) async throws {
        guard chunk.readableBytes > 0 else { return }
        try await NIOThreadPool.singleton.runIfActive {
            _ = try chunk.withUnsafeReadableBytes { try writer.append($0) }
        }
    }

    private func finish(_ upload: Upload, with writer: UploadWriter) async throws -> Upload {
        let received = store.received(upload)
        guard received > 0 else { throw UploadError.empty }
        if let bytes = upload.bytes, received < bytes { throw NativeProblem.cutBody }
        let store = store
        let digest = try await NIOThreadPool.singleton.runIfActive {
            try writer.synchronise()
            return try store.digest(of: upload)
        }
        return try await store.complete(upload, bytes: received, digest: digest)
    }

    private func orNothing(_ upload: Upload, _ body: () async throws -> Upload) async throws -> Upload {
        do {
            return try await body()
        } catch {
            try? await store.remove(upload)
            throw error
        }
    }

    /// The name a request gives its file.
    static func name(in request: Request) -> String? {
        request.headers[.disposition].flatMap { HeaderParameters($0).fileName }
    }

    /// The media type of a request's body.
    ///
    /// What clients say when they were told nothing says nothing.
    static func mediaType(_ request: Request) -> String {
        let type = mediaType(request.headers[.contentType])
        return type == "application/x-www-form-urlencoded" ? "application/octet-stream" : type
    }

    /// A media type without its parameters; anything else is just bytes.
    static func mediaType(_ text: String?) -> String {
        let type = text?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } } ?? ""
        let pieces = type.split(separator: "/", omittingEmptySubsequences: false)
        let isToken = { (piece: Substring) in
            !piece.isEmpty && piece.utf8.count <= 100
                && piece.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "+-._".utf8.contains($0)
                }
        }
        return pieces.count == 2 && pieces.allSatisfy(isToken) ? type : "application/octet-stream"
    }
}

extension NativeProblem {
    /// A form without a file, or with several.
    static let oneFile = NativeProblem(
        .invalidRequest, detail: "The form holds no file, several files, or too much beside its file.",
        remedy: "Send one file as a part with a file name; make a request for each file.")

    /// The body ended too early.
    static let cutBody = NativeProblem.badRequest(
        "The body ends before the file does.", remedy: "Send the whole file, or begin an upload in pieces with JSON.")

    /// A request for the next bytes that has none.
    static let noBytes = NativeProblem.badRequest(
        "The body is empty.", remedy: "Send the next bytes of the file, at least one.")

    /// Bytes for another place than the next one.
    static func wrongOffset(received: Int64) -> NativeProblem {
        var problem = NativeProblem(
            .conflict, detail: "\(received) bytes of the upload have arrived.",
            remedy: "Go on with “Upload-Offset: \(received)”.")
        problem.received = received
        return problem
    }

    /// Why an upload cannot go on.
    init(_ error: UploadError) {
        switch error {
        case .tooLarge(let limit): self = .fileTooLarge(limit: limit)
        case .exceedsAnnounced(let bytes):
            self.init(
                .invalidRequest, detail: "The upload is larger than the \(bytes) bytes announced or allowed.",
                remedy: "Begin another upload with the right size.")
        case .empty:
            self.init(.invalidRequest, detail: "The file is empty.", remedy: "Send a file with at least one byte.")
        case .quotaReached(let bytes):
            self.init(
                .rateLimited, detail: "The uploads of this token hold \(bytes) bytes already, or are too many.",
                remedy: "Send or delete some; what is not used goes after 24 hours.")
        case .takenOver:
            self.init(
                .conflict, detail: "A later request writes the same upload, or it was deleted.",
                remedy: "Look at the upload and go on where it stands.")
        }
    }

    /// Why a form cannot be read.
    init(_ error: MultipartParser.Failure) {
        let detail =
            switch error {
            case .noBoundary: "The content type names no boundary."
            case .headersTooLong: "The headers of a part are too long."
            case .badHeaders: "The headers of a part cannot be read."
            case .tooManyParts: "The form has more than \(MultipartParser.mostParts) parts."
            case .malformed: "The form cannot be read."
            }
        self = .badRequest(detail, remedy: "Send multipart/form-data as RFC 7578 says, with one file.")
    }
}
