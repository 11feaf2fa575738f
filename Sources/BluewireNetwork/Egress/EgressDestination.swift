//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Where a URL leads, after strict parsing: scheme, host, port and what to ask for there.
package struct EgressDestination: Hashable, Sendable {
    /// `http` or `https`.
    package let scheme: String
    /// The lower-case name without trailing dot, or the address without brackets.
    package let host: String
    /// The port, the scheme's default filled in.
    package let port: Int
    /// The path with its query, at least `/`.
    package let path: String
    /// The address, when the host is one.
    package let literal: IPAddress?

    /// Parses `url` strictly.
    ///
    /// - Throws: ``EgressError`` with `invalid`: another scheme, user information, control characters, an odd spelling
    ///   of an address, a bad port, a name that is not ASCII (write its `xn--` form).
    package init(_ url: String) throws(EgressError) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Self.invalid("it contains white space, a backslash or a character outside ASCII")
        }
        guard let separator = url.firstRange(of: "://") else { throw Self.invalid("it has no scheme") }
        let scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { throw Self.invalid("only http and https are spoken") }
        let rest = url[separator.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else { throw Self.invalid("user information in a URL is not accepted") }
        let (host, portText) = try Self.split(authority)
        var port = scheme == "https" ? 443 : 80
        if let portText {
            guard let value = Int(portText), (1...65_535).contains(value), portText.allSatisfy(\.isNumber) else {
                throw Self.invalid("the port is not between 1 and 65535")
            }
            port = value
        }
        self.scheme = scheme
        self.port = port
        (self.host, literal) = try Self.canonicalHost(host)
        let tail = rest[end...].prefix { $0 != "#" }
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
    }

    /// The URL that is really asked for: canonical host, explicit port.
    package var url: String {
        let name = if case .v6 = literal { "[\(host)]" } else { host }
        let isDefault = port == (scheme == "https" ? 443 : 80)
        return "\(scheme)://\(name)\(isDefault ? "" : ":\(port)")\(path)"
    }

    /// Whether `text` can be a DNS name: labels of letters, digits, hyphens and underscores.
    static func isPlausibleName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
                }
        }
    }

    private static func split(_ authority: Substring) throws(EgressError) -> (host: Substring, port: Substring?) {
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw invalid("a bracket is missing") }
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw invalid("the host is malformed") }
            return (authority[...close], after.isEmpty ? nil : after.dropFirst())
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    private static func canonicalHost(_ text: Substring) throws(EgressError) -> (String, IPAddress?) {
        if text.hasPrefix("[") {
            let inner = text.dropFirst().dropLast().lowercased()
            guard case .v6? = IPAddress(inner) else { throw invalid("the IPv6 address is malformed or has a zone") }
            return (inner, IPAddress(inner))
        }
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        if let address = IPAddress(name) { return (name, address) }
        guard isPlausibleName(name) else { throw invalid("the host is malformed") }
        // What the resolver would read as a number (0x7f.1, 017700000001, 2130706433, 127.1) is no name: the last
        // label of a real one is never a number.
        let last = name.split(separator: ".").last ?? ""
        let isNumber =
            last.allSatisfy(\.isNumber) || (last.hasPrefix("0x") && last.dropFirst(2).allSatisfy(\.isHexDigit))
        guard !isNumber else { throw invalid("addresses are written as four plain decimal numbers") }
        return (name, nil)
    }

    private static func invalid(_ reason: String) -> EgressError {
        EgressError(.invalid, "The URL cannot be used: \(reason).", remedy: "Correct the URL.")
    }
}
