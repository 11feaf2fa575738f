//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireState
import BluewireStore
import BluewireWire
// Foundation: percent-decoding.
import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore

/// A request to a route, with who sent it.
package struct Call: Sendable {
    /// The request.
    package var request: Request
    /// Where it came from, and its parameters.
    package var requestContext: GatewayRequestContext
    /// Who sent it; nil on open routes.
    package var caller: Principal?
    /// The parts of the server.
    package let server: ServerCore

    /// What the gateway lends.
    package var context: ServerContext { server.context }

    /// The largest JSON body taken.
    static let bodyLimit = 1_048_576

    /// Who sent it.
    ///
    /// - Throws: ``NativeProblem`` 401 on open routes.
    func principal() throws -> Principal {
        guard let caller else { throw NativeProblem.unauthorized }
        return caller
    }

    /// A parameter of the path, percent-decoded.
    func parameter(_ name: String) throws -> String {
        guard let raw = requestContext.parameters.get(name), let text = raw.removingPercentEncoding else {
            throw NativeProblem.badRequest("The path is not valid.", remedy: "Percent-encode it as UTF-8.")
        }
        return text
    }

    /// A query item.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map(String.init)
    }

    /// The query item `limit`, 1…1000.
    func limit(default standard: Int = 50) throws -> Int {
        guard let text = query("limit") else { return standard }
        guard let limit = Int(text), (1...1000).contains(limit) else {
            throw NativeProblem.badRequest(
                "“limit” is not a number from 1 to 1000.", remedy: "Use one, or leave it out.")
        }
        return limit
    }

    /// A query item that is a page cursor.
    func pageCursor(_ name: String) throws -> PageCursor? {
        guard let text = query(name) else { return nil }
        guard let cursor = PageCursor(text) else {
            throw NativeProblem.badRequest("“\(name)” is not a cursor.", remedy: "Use “next” or “previous” of a list.")
        }
        return cursor
    }

    /// The body as a strict request.
    ///
    /// Never inlined: with the loop over the chunks inside, the optimiser of Swift 6.2 crashes on some routes.
    @inline(never)
    func body<Body: WireRequest>(_ type: Body.Type = Body.self) async throws -> Body {
        try Body(checked: try await bodyBytes())
    }

    /// The body's bytes, up to the limit.
    @inline(never)
    func bodyBytes(limit: Int = bodyLimit) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= limit else { throw NativeProblem.bodyTooLarge }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    /// The chat named in the path, if the caller may see it.
    ///
    /// - Throws: ``NativeProblem`` 404, or 409 with candidates.
    func chat() async throws -> Chat {
        try await chat(try parameter("chat"))
    }

    /// The chat of a reference, if the caller may see it.
    func chat(_ reference: String) async throws -> Chat {
        let caller = try principal()
        let matches = try await context.store.chats(matching: reference).filter { caller.sees($0.id) }
        guard let first = matches.first else { throw NativeProblem.notFound("chat") }
        guard matches.count == 1 else { throw Self.ambiguous(matches.map(\.id)) }
        return first
    }

    /// The page of messages that the query asks for, of the chat named in the path, as JSON.
    ///
    /// - Throws: ``NativeProblem`` 404, or 409 with candidates.
    func messagePage() async throws -> [UInt8] {
        let (caller, names) = (try principal(), context.names)
        let query = MessageQuery(
            limit: try limit(), before: try pageCursor("before"), after: try pageCursor("after"))
        let found = try await context.store.renderedPage(matching: try parameter("chat"), query) {
            caller.sees($0)
        } render: {
            NativeList($0) { NativeMessage($0, names: names) }.json
        }
        switch found {
        case .page(let json): return json
        case .none: throw NativeProblem.notFound("chat")
        case .ambiguous(let chats): throw Self.ambiguous(chats)
        }
    }

    private static func ambiguous(_ chats: [ChatID]) -> NativeProblem {
        NativeProblem(
            .ambiguous, detail: "The reference fits several chats.", remedy: "Use the id of one of the candidates.",
            candidates: chats.map(\.rawValue))
    }

    /// The message named in the path, if the caller may see it.
    func message() async throws -> Message {
        let id = MessageID(rawValue: try parameter("message"))
        guard let message = try await context.store.message(id), try principal().sees(message.chat) else {
            throw NativeProblem.notFound("message")
        }
        return message
    }
}
