//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import Crypto

/// Signs webhook bodies as Standard Webhooks 1.0.0 says.
package struct WebhookSigner: Sendable {
    private let keys: [[UInt8]]

    /// A signer with the secrets `whsec_…`, the current one first.
    ///
    /// Text that is no such secret is used as raw bytes.
    package init(secrets: [String]) {
        keys = secrets.map { secret in
            let encoded = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
            return Columns.bytes(base64: encoded) ?? Array(secret.utf8)
        }
    }

    /// The signature header: one `v1,<base64>` for each secret.
    ///
    /// - Parameter seconds: Unix seconds of this try.
    package func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
        var signed = Array("\(id).\(seconds).".utf8)
        signed.append(contentsOf: body)
        return keys.map { key in
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
            return "v1," + Columns.base64(Array(code))
        }.joined(separator: " ")
    }
}
