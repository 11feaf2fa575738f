//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Crypto
import HTTPTypes

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The opening handshake of RFC 6455.
struct WebSocketHandshake {
    /// The client's key.
    private let key: String

    /// Whether a request asks for a WebSocket at the path of events.
    static func isAsked(_ head: HTTPRequest) -> Bool {
        guard head.method == .get, head.path.map(path) == "/v1/events" else { return false }
        return head.headerFields[.upgrade]?.lowercased() == "websocket"
    }

    /// Reads the handshake; nil when it is not version 13 or its key is not one.
    init?(_ head: HTTPRequest) {
        guard head.headerFields[.secWebSocketVersion] == "13", let key = head.headerFields[.secWebSocketKey],
            Data(base64Encoded: key)?.count == 16
        else { return nil }
        self.key = key
    }

    /// The head that accepts it.
    var response: HTTPResponse {
        let digest = Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return HTTPResponse(
            status: .switchingProtocols,
            headerFields: [
                .upgrade: "websocket", .connection: "Upgrade",
                .secWebSocketAccept: Data(digest).base64EncodedString(),
            ])
    }

    private static func path(_ target: String) -> Substring {
        target.prefix { $0 != "?" }
    }
}
