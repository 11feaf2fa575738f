//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Where a gateway listens.
package struct NativeListener: Hashable, Sendable, Decodable, JSONWritable {
    /// The address or name it was told to listen on.
    package var host: String
    /// The port.
    package var port: Int
    /// Whether it speaks TLS.
    package var tls: Bool
    /// The pin of its key: base64 of the SHA-256 of the public key; null without TLS.
    package var pin: String?

    /// A listener from its fields.
    package init(host: String, port: Int, isTLS: Bool, pin: String?) {
        self.host = host
        self.port = port
        tls = isTLS
        self.pin = pin
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("host", host)
            writer.member("port", port)
            writer.member("tls", tls)
            writer.member("pin", pin)
        }
    }
}
