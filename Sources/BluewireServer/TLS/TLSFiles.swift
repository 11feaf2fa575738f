//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The files a TLS listener is made of, all PEM.
package struct TLSFiles: Hashable, Sendable {
    /// The certificate, followed by those that lead to its root.
    package var certificate: String
    /// Its key, without a passphrase.
    package var key: String
    /// The certificates that sign clients' certificates; nil where clients need none.
    package var clientAuthority: String?

    /// Files by their paths.
    package init(certificate: String, key: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
    }
}
