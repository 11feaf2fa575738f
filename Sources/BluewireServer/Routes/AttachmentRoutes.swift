//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireStore
import BluewireWire
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// Files of messages.
enum AttachmentRoutes {
    static let routes = [download, info, thumbnail]

    private static let download = Route.raw(
        .get, "/v1/attachments/{attachment}", "downloadAttachment", .scope(.attachmentsRead),
        "The file of an attachment, whole or a range of it.",
        answers: [
            .bytes("*/*", "The file."), .bytes("*/*", status: .partialContent, "The range asked for."),
            .status(.notModified, "It is what `If-None-Match` names."),
            .status(.rangeNotSatisfiable, "The file is shorter than the range."),
        ]
    ) { call in
        let guid = try call.parameter("attachment")
        guard let file = try await call.context.store.attachmentFile(guid),
            try await call.seesAttachment(guid)
        else { throw NativeProblem.notFound("attachment") }
        return try await serve(file, to: call)
    }.detail("Supports `Range`, `If-Range` and `If-None-Match`; types a browser could run are only saved.")
        .problems(.attachmentUnavailable)

    private static let info = Route.get(
        "/v1/attachments/{attachment}/info", "getAttachment", .scope(.attachmentsRead),
        "What is known of an attachment, without its file.", gives: NativeAttachment.self
    ) { call in
        let guid = try call.parameter("attachment")
        guard let attachment = try await call.context.store.attachment(guid), try await call.seesAttachment(guid)
        else { throw NativeProblem.notFound("attachment") }
        return NativeAttachment(attachment)
    }

    private static let thumbnail = Route.raw(
        .get, "/v1/attachments/{attachment}/thumbnail", "getThumbnail", .scope(.attachmentsRead),
        "A small picture of an image or video.",
        answers: [.bytes("image/jpeg", "The picture."), .status(.notModified, "It is what `If-None-Match` names.")]
    ) { call in
        let guid = try call.parameter("attachment")
        guard let file = try await call.context.store.attachmentFile(guid), try await call.seesAttachment(guid)
        else { throw NativeProblem.notFound("attachment") }
        guard let thumbnails = call.context.thumbnails else { throw NativeProblem.notAvailable("thumbnails") }
        let size = call.query("size").flatMap(Int.init) ?? 256
        let picture = try await FileSystemReader.open(try await thumbnails.picture(of: file.path, size: size))
        let tag = "\"\(picture.tag)\""
        let headers: HTTPFields = [.contentType: "image/jpeg", .eTag: tag, .cacheControl: "private, no-cache"]
        if call.request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        return Response(
            status: .ok, headers: headers, body: picture.body(0..<picture.size, on: call.requestContext.eventLoop))
    }.detail("It is made once, by a program of this machine that has no network, and then kept.")
        .query(.number("size", "The longer side in pixels; 256 when absent.", 64...1024, 256))
        .problems(.attachmentUnavailable, .unsupported, .notAvailable)

    /// Types a browser may show in the page; everything else is saved.
    private static let shown: Set<String> = [
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "audio/mpeg", "audio/mp4", "audio/x-m4a",
        "audio/wav", "audio/x-caf", "video/mp4", "video/quicktime",
    ]

    private static func serve(_ file: AttachmentFile, to call: Call) async throws -> Response {
        let request = call.request
        let handle = try await FileSystemReader.open(file.path)
        let entityTag = "\"\(handle.tag)\""
        let type = file.attachment.mimeType ?? "application/octet-stream"
        var headers: HTTPFields = [
            .contentType: shown.contains(type) ? type : "application/octet-stream", .eTag: entityTag,
            .acceptRanges: "bytes", .cacheControl: "private, no-cache",
        ]
        headers[.disposition] =
            (shown.contains(type) ? "inline" : "attachment") + "; filename*=UTF-8''"
            + (file.attachment.name ?? "file").percentEncodedForPath
        if request.headers[.ifNoneMatch] == entityTag {
            return Response(status: .notModified, headers: headers)
        }
        var range = 0..<handle.size
        var status = HTTPResponse.Status.ok
        if let text = request.headers[.range], request.headers[.ifRange].map({ $0 == entityTag }) ?? true {
            switch ByteRange.parse(text, size: handle.size) {
            case .range(let part):
                range = part
                status = .partialContent
                headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(handle.size)"
            case .unsatisfiable:
                headers[.contentRange] = "bytes */\(handle.size)"
                return Response(status: .rangeNotSatisfiable, headers: headers)
            case .ignored: break
            }
        }
        return Response(status: status, headers: headers, body: handle.body(range, on: call.requestContext.eventLoop))
    }
}

extension Call {
    /// Whether the caller sees a chat that carries the file.
    func seesAttachment(_ guid: String) async throws -> Bool {
        guard let chats = try principal().chats else { return true }
        return try await !context.store.chats(carrying: guid).isDisjoint(with: chats)
    }
}

/// The single byte range of a `Range` header.
enum ByteRange: Hashable {
    case range(Range<Int>)
    case unsatisfiable
    /// Several ranges, another unit, or no sense at all: the whole file is served.
    case ignored

    static func parse(_ text: String, size: Int) -> ByteRange {
        guard text.hasPrefix("bytes="), !text.contains(",") else { return .ignored }
        let pieces = text.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard pieces.count == 2 else { return .ignored }
        switch (Int(pieces[0]), Int(pieces[1])) {
        case (let first?, let last?):
            guard first >= 0, first <= last else { return .ignored }
            return first < size ? .range(first..<min(last, size - 1) + 1) : .unsatisfiable
        case (let first?, nil):
            guard pieces[1].isEmpty, first >= 0 else { return .ignored }
            return first < size ? .range(first..<size) : .unsatisfiable
        case (nil, let count?):
            guard pieces[0].isEmpty, count >= 0 else { return .ignored }
            return count > 0 && size > 0 ? .range(max(0, size - count)..<size) : .unsatisfiable
        default: return .ignored
        }
    }
}
