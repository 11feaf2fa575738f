//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A wire value.
    static func json(_ value: some JSONWritable, status: HTTPResponse.Status = .ok) -> Response {
        json(bytes: value.json, status: status)
    }

    /// Bytes that are JSON already.
    static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Nothing.
    static var empty: Response { Response(status: .noContent) }

    /// A problem document.
    static func problem(_ problem: NativeProblem) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if problem.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        switch problem.status {
        case 429: headers[.retryAfter] = String(problem.retryAfter ?? 60)
        case 503: headers[.retryAfter] = String(problem.retryAfter ?? 10)
        default: break
        }
        if let allowed = problem.allowed { headers[.allow] = allowed.joined(separator: ", ") }
        // What is left of a body that was refused is not read.
        if problem.status == 413 { headers[.connection] = "close" }
        return Response(
            status: HTTPResponse.Status(code: problem.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.json)))
    }
}
