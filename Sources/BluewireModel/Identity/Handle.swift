//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// An address on one channel: a phone number, a mail address, a short code or a business name.
public struct Handle: Hashable, Sendable, Codable {
    /// The address as Apple stores it, for example `+15551234567`.
    public var address: String
    /// The channel this address was seen on.
    public var channel: Channel

    /// A handle from its parts.
    public init(address: String, channel: Channel) {
        self.address = address
        self.channel = channel
    }

    /// The form in which two spellings of one address compare equal; see ``HandleKey``.
    public var key: HandleKey { HandleKey(address) }
}

/// The comparable form of an address, used for allow-lists, merging and self-chat detection.
///
/// Mail addresses are trimmed and lower-cased. Alphanumeric senders, `urn:` names and short codes stay verbatim.
/// Numbers lose spaces, punctuation and direction marks and keep their `+`. A number without `+` is **not** completed
/// with a region: a guess would authorise the wrong person.
public struct HandleKey: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The normalised text.
    public let rawValue: String

    /// Normalises any spelling of an address.
    public init(_ address: String) {
        let scalars = address.unicodeScalars.filter { !Self.isIgnorable($0) }
        let bare = String(String.UnicodeScalarView(scalars))
        let trimmed = bare.trimmingSpaces()
        if trimmed.contains("@") {
            rawValue = trimmed.lowercased()
        } else if trimmed.hasPrefix("urn:") || trimmed.unicodeScalars.contains(where: \.properties.isAlphabetic) {
            rawValue = trimmed
        } else {
            let digits = trimmed.unicodeScalars.filter { $0 == "+" || ("0"..."9").contains($0) }
            rawValue = String(String.UnicodeScalarView(digits))
        }
    }

    public var description: String { rawValue }

    /// Direction marks (U+200E, U+200F, U+202A…U+202E, U+2066…U+2069), no-break space and byte-order mark.
    private static func isIgnorable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xA0, 0xFEFF: true
        default: false
        }
    }
}

extension String {
    /// The text without white space at either end.
    package func trimmingSpaces() -> String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
