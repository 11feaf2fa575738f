//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import BluewireServer
// Full Foundation: files, base64.
import Foundation

/// What the doctor looks at of the listener's certificate.
package struct CertificateFacts: Hashable, Sendable {
    /// Where it is.
    package var path: String
    /// Where its key is.
    package var keyPath: String
    /// From when to when it is valid; nil when it cannot be read.
    package var validity: Validity?
    /// Whether everybody on this machine may read the key.
    package var isKeyOpen = false

    /// From when to when.
    package struct Validity: Hashable, Sendable {
        /// The first moment.
        package var notBefore: Timestamp
        /// The last moment.
        package var notAfter: Timestamp

        /// A validity from its ends.
        package init(notBefore: Timestamp, notAfter: Timestamp) {
            self.notBefore = notBefore
            self.notAfter = notAfter
        }
    }

    /// Facts of a certificate that was not looked at.
    package init(path: String, keyPath: String) {
        self.path = path
        self.keyPath = keyPath
    }

    /// Looks at the files.
    init(_ files: TLSFiles) {
        self.init(path: files.certificate, keyPath: files.key)
        if let data = FileManager.default.contents(atPath: files.certificate), data.count <= 1 << 20 {
            validity = Self.validity(ofPEM: String(decoding: data, as: UTF8.self))
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: files.key)
        isKeyOpen = ((attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0) & 0o007 != 0
    }

    /// The validity of the first certificate of a PEM file; nil when there is none.
    package static func validity(ofPEM text: String) -> Validity? {
        guard let begin = text.firstRange(of: "-----BEGIN CERTIFICATE-----"),
            let end = text[begin.upperBound...].firstRange(of: "-----END CERTIFICATE-----"),
            let data = Data(
                base64Encoded: String(text[begin.upperBound..<end.lowerBound]), options: .ignoreUnknownCharacters)
        else { return nil }
        return validity(ofDER: [UInt8](data))
    }

    /// The validity of a certificate (RFC 5280 4.1); nil for anything else.
    package static func validity(ofDER bytes: [UInt8]) -> Validity? {
        var outer = DERElements(bytes[...])
        guard let certificate = outer.next(), certificate.tag == 0x30 else { return nil }
        var parts = DERElements(certificate.content)
        guard let signed = parts.next(), signed.tag == 0x30 else { return nil }
        var fields = DERElements(signed.content)
        // An optional version, then serial number, algorithm and issuer stand before it.
        guard var field = fields.next() else { return nil }
        if field.tag == 0xA0 {
            guard let next = fields.next() else { return nil }
            field = next
        }
        guard field.tag == 0x02, fields.next()?.tag == 0x30, fields.next()?.tag == 0x30,
            let dates = fields.next(), dates.tag == 0x30
        else { return nil }
        var ends = DERElements(dates.content)
        guard let first = ends.next().flatMap(time), let last = ends.next().flatMap(time) else { return nil }
        return Validity(notBefore: first, notAfter: last)
    }

    /// `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` from then on.
    private static func time(_ element: DERElements.Element) -> Timestamp? {
        let text = String(decoding: element.content, as: UTF8.self)
        let digits = text.dropLast()
        guard text.hasSuffix("Z"), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let full: String
        switch (element.tag, digits.count) {
        case (0x17, 12): full = (digits.prefix(2) < "50" ? "20" : "19") + digits
        case (0x18, 14): full = String(digits)
        default: return nil
        }
        let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<12, 12..<14].map { range in
            String(full.dropFirst(range.lowerBound).prefix(range.count))
        }
        return Timestamp(
            rfc3339: "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])Z")
    }
}

/// The elements of a DER sequence, one after the other.
private struct DERElements {
    struct Element {
        var tag: UInt8
        var content: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next element; nil at the end and where the lengths do not fit.
    mutating func next() -> Element? {
        guard let tag = rest.popFirst(), var length = rest.popFirst().map(Int.init) else { return nil }
        if length & 0x80 != 0 {
            let count = length & 0x7F
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return Element(tag: tag, content: rest.prefix(length))
    }
}
