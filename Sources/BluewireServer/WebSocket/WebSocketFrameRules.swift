//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import NIOWebSocket

/// The rules of RFC 6455 for what a client sends that the decoder does not check, because extensions may bend them.
struct WebSocketFrameRules {
    private var isFragmented = false

    /// The code to fail the socket with when `frame` breaks a rule.
    mutating func violation(by frame: WebSocketFrame) -> WebSocketErrorCode? {
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .protocolError }
        switch frame.opcode {
        case .text, .binary:
            guard !isFragmented else { return .protocolError }
            isFragmented = !frame.fin
        case .continuation:
            guard isFragmented else { return .protocolError }
            isFragmented = !frame.fin
        case .connectionClose: return violation(byClose: frame.unmaskedData)
        case .ping, .pong: break
        default: return .protocolError
        }
        return nil
    }

    private func violation(byClose body: ByteBuffer) -> WebSocketErrorCode? {
        var body = body
        guard body.readableBytes > 0 else { return nil }
        guard let code = body.readInteger(as: UInt16.self) else { return .protocolError }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: return .protocolError
        }
        return String(validating: body.readableBytesView, as: UTF8.self) == nil ? .dataInconsistentWithMessage : nil
    }
}
