//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import NIOSSL

/// Whom an `https` client believes besides, or instead of, what the system does.
package struct EgressTrust: Sendable {
    let authorities: [NIOSSLCertificate]
    let acceptsKey: (@Sendable (_ publicKey: [UInt8]) -> Bool)?

    /// What the system trusts, and nothing else.
    package static let system = EgressTrust()

    private init() {
        authorities = []
        acceptsKey = nil
    }

    /// Trusts certificates that lead to `authorities`, or a key.
    ///
    /// With authorities the system's own are not believed. A key alone stands for its certificate, whatever name it
    /// carries; with authorities both must be right.
    ///
    /// - Parameters:
    ///   - authorities: certificates, PEM; nil for none.
    ///   - acceptsKey: asked with the SubjectPublicKeyInfo of the server's key before anything is sent.
    /// - Throws: ``EgressError`` with `invalid` when there is no certificate in `authorities`.
    package init(
        authorities: [UInt8]?, acceptsKey: (@Sendable (_ publicKey: [UInt8]) -> Bool)?
    ) throws(EgressError) {
        self.acceptsKey = acceptsKey
        guard let authorities else {
            self.authorities = []
            return
        }
        guard let found = try? NIOSSLCertificate.fromPEMBytes(authorities), !found.isEmpty else {
            throw EgressError(
                .invalid, "The file holds no certificate.", remedy: "Give a file of certificates in PEM.")
        }
        self.authorities = found
    }

    /// The client's side of TLS; nil for the usual one.
    var configuration: TLSConfiguration? {
        guard !authorities.isEmpty || acceptsKey != nil else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !authorities.isEmpty {
            configuration.trustRoots = .certificates(authorities)
        } else {
            // The key is looked at instead; that the server holds it is part of every handshake.
            configuration.certificateVerification = .none
        }
        return configuration
    }

    /// Whether the connection that shows `certificate` may be used.
    func accepts(_ certificate: NIOSSLCertificate?) -> Bool {
        guard let acceptsKey else { return true }
        guard let bytes = try? certificate?.extractPublicKey().toSPKIBytes() else { return false }
        return acceptsKey(bytes)
    }
}
