//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel

/// A one-time code with what a device needs to use it.
package struct PairingOffer: Encodable, Sendable {
    /// Everything in one link; what follows `#` never leaves the device that opens it.
    package var url: String
    /// The gateway's URL.
    package var address: String
    /// The code.
    package var code: String
    /// The pin of the gateway's key, in base64; nil without TLS.
    package var pin: String?
    /// When the code ends.
    package var expiresAt: String
    /// What the token will allow.
    package var scopes: [String]
    /// Whether only programs on this machine can use it.
    package var staysOnThisMachine: Bool

    init(
        address: String, code: String, pin: String?, expiresAt: Timestamp, scopes: [String], staysOnThisMachine: Bool
    ) {
        url = "\(address)/#pair=\(code)" + (pin.map { "&pin=\(Self.urlSafe($0))" } ?? "")
        self.address = address
        self.code = code
        self.pin = pin
        self.expiresAt = expiresAt.rfc3339
        self.scopes = scopes
        self.staysOnThisMachine = staysOnThisMachine
    }

    /// The link as the rows of a QR code with its quiet zone, true for dark; nil when it is too long for one.
    package var picture: [[Bool]]? {
        guard let code = QRCode(Array(url.utf8)) else { return nil }
        let range = -QRCode.quietZone..<(code.size + QRCode.quietZone)
        return range.map { row in range.map { code.isDark(row: row, column: $0) } }
    }

    /// Base64 as URLs take it: `-` and `_`, without padding.
    private static func urlSafe(_ pin: String) -> String {
        String(pin.filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}
