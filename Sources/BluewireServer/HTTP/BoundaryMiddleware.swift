//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import Hummingbird

/// The outermost layer: whose name the request uses, what every answer carries, and what errors look like.
struct BoundaryMiddleware: RouterMiddleware {
    typealias Context = GatewayRequestContext

    let controls: ServerControls

    @concurrent
    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            // The gateway's own socket has no names.
            if context.peer != nil, !controls.origins.accepts(host: request.head.authority) {
                throw NativeProblem.wrongHost
            }
            if let length = request.headers[.contentLength].flatMap(Int.init), length > Call.bodyLimit,
                !RouteTable.hasOwnBodyLimit(request.method, path: request.uri.path)
            {
                throw NativeProblem.bodyTooLarge
            }
            response = try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let allowed = RouteTable.methods(of: request.uri.path)
            response = .problem(allowed.isEmpty ? .notFound("route") : .methodNotAllowed(allowed))
        } catch let error as CancellationError {
            throw error
        } catch let limited as RateLimited {
            response = .problem(limited.problem)
            response.headers[.retryAfter] = limited.retryAfter
        } catch {
            response = .problem(NativeProblem(error))
        }
        Self.harden(&response.headers)
        return response
    }

    static func harden(_ headers: inout HTTPFields) {
        if headers[.contentSecurityPolicy] == nil { headers[.contentSecurityPolicy] = "default-src 'none'" }
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        headers[.referrerPolicy] = "no-referrer"
        headers[.xContentTypeOptions] = "nosniff"
    }
}

extension HTTPField.Name {
    /// Whether the address of a page is told to others.
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .referer
    /// A file shown, or a file saved.
    static let disposition = HTTPField.Name("Content-Disposition") ?? .contentType
    /// The last event a client of an event stream saw.
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .contentType
    /// Where in an upload the bytes of a request belong.
    static let uploadOffset = HTTPField.Name("Upload-Offset") ?? .contentType
    /// A name for a send that makes sending it twice harmless.
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .contentType
}
