//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireServer
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// One answer from memory by the gateway's own HTTP stack: what a route of that size could reach at most.
enum ConstantServer {
    /// Serves the bytes of `file` at `/` until killed.
    static func run(port: Int, file: String) async throws {
        let buffer = ByteBuffer(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
        let router = Router(context: GatewayRequestContext.self)
        router.get("/") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: buffer))
        }
        let application = QuietApplication(
            responder: router.buildResponder(), server: .http1(),
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in }, logger: Logger(label: "bluewire.bench"))
        try await application.run()
    }
}
