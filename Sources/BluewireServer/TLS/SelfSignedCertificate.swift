//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A new ECDSA P-256 key and a certificate it has signed itself, for 397 days.
package struct SelfSignedCertificate: Sendable {
    /// The certificate, PEM.
    package let certificate: String
    /// The key, PEM (PKCS #8).
    package let key: String
    /// What clients can recognise the key by.
    package let pin: String

    /// How long it is valid: what browsers accept at most, less a day.
    package static let lifetime = Duration.seconds(397 * 86_400)

    /// Makes key and certificate.
    ///
    /// - Parameters:
    ///   - names: the host names, the first of which is also the subject; ASCII.
    ///   - addresses: the numeric addresses; what is none is left out.
    ///   - now: when it begins to be valid, less an hour for clocks that are behind.
    /// - Throws: when the system cannot sign.
    package init(names: [String], addresses: [String], now: Timestamp) throws {
        let key = P256.Signing.PrivateKey()
        let publicKey = Array(key.publicKey.derRepresentation)
        let start = now - .seconds(3600)
        let subject = Self.subject(names.first ?? "bluewire")
        var body = DERWriter()
        body.sequence { body in
            body.constructed(0xA0) { $0.integer([2]) }
            body.integer([0x40 | UInt8.random(in: 0..<0x40)] + (0..<15).map { _ in UInt8.random(in: .min ... .max) })
            body.raw(Self.algorithm)
            body.raw(subject)
            body.sequence { validity in
                validity.time(CalendarTime(secondsSince1970: start.seconds))
                validity.time(CalendarTime(secondsSince1970: (start + Self.lifetime).seconds))
            }
            body.raw(subject)
            body.raw(publicKey)
            body.constructed(0xA3) { $0.raw(Self.extensions(names, addresses, publicKey: publicKey)) }
        }
        let signature = Array(try key.signature(for: body.bytes).derRepresentation)
        var whole = DERWriter()
        whole.sequence { whole in
            whole.raw(body.bytes)
            whole.raw(Self.algorithm)
            whole.bitString(signature)
        }
        certificate = Self.pem("CERTIFICATE", whole.bytes)
        self.key = Self.pem("PRIVATE KEY", Array(key.derRepresentation))
        pin = CertificatePin.of(publicKey: publicKey)
    }

    /// ecdsa-with-SHA256.
    private static var algorithm: [UInt8] {
        var writer = DERWriter()
        writer.sequence { $0.identifier([1, 2, 840, 10_045, 4, 3, 2]) }
        return writer.bytes
    }

    private static func subject(_ name: String) -> [UInt8] {
        var writer = DERWriter()
        writer.sequence { names in
            names.set { set in
                set.sequence { attribute in
                    attribute.identifier([2, 5, 4, 3])
                    // A common name has 64 characters at most.
                    attribute.text(String(name.prefix(64)))
                }
            }
        }
        return writer.bytes
    }

    private static func extensions(_ names: [String], _ addresses: [String], publicKey: [UInt8]) -> [UInt8] {
        var writer = DERWriter()
        writer.sequence { list in
            // Not an authority: whoever takes the key can be this server, and nobody else.
            list.certificateExtension([2, 5, 29, 19], isCritical: true) { $0.sequence { _ in } }
            // No key usage: with one that does not name signing certificates, some verifiers (BoringSSL) do not take the
            // certificate for self-signed, and with one that does, others do not take it for a server's.
            // Server authentication.
            list.certificateExtension([2, 5, 29, 37]) { $0.sequence { $0.identifier([1, 3, 6, 1, 5, 5, 7, 3, 1]) } }
            list.certificateExtension([2, 5, 29, 14]) { $0.octetString(Array(SHA256.hash(data: publicKey).prefix(20))) }
            list.certificateExtension([2, 5, 29, 17]) { value in
                value.sequence { alternatives in
                    for name in names { alternatives.element(0x82, Array(name.utf8)) }
                    for address in addresses.map(ClientAddress.bytes) where !address.isEmpty {
                        alternatives.element(0x87, address)
                    }
                }
            }
        }
        return writer.bytes
    }

    private static func pem(_ label: String, _ bytes: [UInt8]) -> String {
        let text = Array(Data(bytes).base64EncodedString())
        let lines = stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
        return "-----BEGIN \(label)-----\n" + lines.joined(separator: "\n") + "\n-----END \(label)-----\n"
    }
}

extension DERWriter {
    /// An extension of a certificate.
    fileprivate mutating func certificateExtension(
        _ identifier: [UInt64], isCritical: Bool = false, _ value: (inout DERWriter) -> Void
    ) {
        var inner = DERWriter()
        value(&inner)
        sequence { writer in
            writer.identifier(identifier)
            if isCritical { writer.boolean(true) }
            writer.octetString(inner.bytes)
        }
    }
}
