//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Foundation: percent-decoding.
import Foundation

/// The parameters of a header such as `form-data; name="file"; filename="a.png"`.
struct HeaderParameters {
    private var values: [String: String] = [:]

    /// Reads a header's value; what cannot be understood is left out.
    init(_ header: String) {
        var rest = header.prefix(4096)
        // The value itself comes first.
        rest = rest.drop { $0 != ";" }
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[name.endIndex...]
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            let value = Self.takeValue(&rest)
            let key = name.trimmingCharacters(in: .whitespaces).lowercased()
            if values[key] == nil { values[key] = value }
            rest = rest.drop { $0 != ";" }
        }
    }

    /// The value of a parameter.
    subscript(_ name: String) -> String? { values[name] }

    /// The name of a file, as `filename*` (RFC 8187) or `filename` says it.
    var fileName: String? {
        if let extended = values["filename*"] {
            let pieces = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            if pieces.count == 3, pieces[0].lowercased() == "utf-8", let name = pieces[2].removingPercentEncoding {
                return name
            }
        }
        return values["filename"]
    }

    private static func takeValue(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest[value.endIndex...]
            return value.trimmingCharacters(in: .whitespaces)
        }
        rest = rest.dropFirst()
        var value = ""
        var isEscaped = false
        while let character = rest.popFirst() {
            if isEscaped {
                // Browsers escape only quotes; a backslash before anything else is one.
                if character != "\"", character != "\\" { value.append("\\") }
                value.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                break
            } else {
                value.append(character)
            }
        }
        return value
    }
}
