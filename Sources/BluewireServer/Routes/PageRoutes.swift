//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// The web page.
enum PageRoutes {
    static let routes: [Route] = [
        page("/", PackageResources.index_html, type: "text/html; charset=utf-8"),
        page("/app.css", PackageResources.app_css, type: "text/css; charset=utf-8"),
        page("/app.js", PackageResources.app_js, type: script),
        page("/api.js", PackageResources.api_js, type: script),
        page("/phone.js", PackageResources.phone_js, type: script),
        page("/thread.js", PackageResources.thread_js, type: script),
        page("/view.js", PackageResources.view_js, type: script),
        page("/docs", PackageResources.docs_html, type: "text/html; charset=utf-8"),
        page("/docs.css", PackageResources.docs_css, type: "text/css; charset=utf-8"),
        page("/docs.js", PackageResources.docs_js, type: script),
    ]

    private static let script = "text/javascript; charset=utf-8"

    /// What the page may load and do: only itself.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
        "media-src 'self' blob:", "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'",
        "form-action 'none'",
    ].joined(separator: "; ")

    private static func page(_ path: String, _ bytes: [UInt8], type: String) -> Route {
        let buffer = ByteBuffer(bytes: bytes)
        let digest = SHA256.hash(data: bytes).prefix(12).map { String($0, radix: 16) }.joined(separator: "-")
        let tag = "\"\(digest)\""
        let name =
            path == "/" ? "index.html" : path.contains(".") ? String(path.dropFirst()) : path.dropFirst() + ".html"
        return Route.raw(.get, path, "page", .open, "A file of the web page.", answers: [.bytes(type, "The file.")]) {
            call in
            if let root = call.context.webRoot { return try await file(root + "/" + name, type: type, call) }
            let headers: HTTPFields = [
                .contentType: type, .eTag: tag, .cacheControl: "no-cache", .contentSecurityPolicy: policy,
            ]
            if call.request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: buffer))
        }.unlisted()
    }

    /// The file that stands for a built-in one while the page is being worked on.
    private static func file(_ path: String, type: String, _ call: Call) async throws -> Response {
        let file = try await FileSystemReader.open(path)
        let headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-store", .contentSecurityPolicy: policy,
        ]
        return Response(
            status: .ok, headers: headers, body: file.body(0..<file.size, on: call.requestContext.eventLoop))
    }
}
