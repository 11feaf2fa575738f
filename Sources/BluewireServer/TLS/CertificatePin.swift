//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Crypto
import NIOSSL

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The pin of a key: the SHA-256 of its SubjectPublicKeyInfo in base64, as `curl --pinnedpubkey` and apps use it.
package enum CertificatePin {
    /// The pin of an encoded public key.
    package static func of(publicKey bytes: [UInt8]) -> String {
        Data(SHA256.hash(data: bytes)).base64EncodedString()
    }

    /// The pin of a certificate's key.
    static func of(_ certificate: NIOSSLCertificate?) -> String? {
        (try? certificate?.extractPublicKey().toSPKIBytes()).map(of(publicKey:))
    }

    /// Whether `text` can be one.
    package static func isPlausible(_ text: String) -> Bool { Data(base64Encoded: text)?.count == 32 }
}
