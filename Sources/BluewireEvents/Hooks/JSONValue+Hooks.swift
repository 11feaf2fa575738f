//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
// Foundation: percent-decoding.
private import Foundation

/// How hooks read what somebody else composed.
extension JSONValue {
    /// The value at a path of names and positions; null where there is none.
    subscript(path: some Sequence<String>) -> JSONValue {
        path.reduce(self) { value, name in
            switch value {
            case .object(let members): members[name] ?? .null
            case .array(let values): Int(name).flatMap { values.indices.contains($0) ? values[$0] : nil } ?? .null
            default: .null
            }
        }
    }

    /// The value as people read it; objects have no text.
    var plainText: String {
        switch self {
        case .null, .object: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
        case .string(let value): value
        case .array(let values): values.map(\.plainText).filter { !$0.isEmpty }.joined(separator: ", ")
        }
    }

    /// The elements of a list; nothing of anything else.
    var elements: [JSONValue] {
        if case .array(let values) = self { values } else { [] }
    }

    /// Reads JSON; nil when it is none.
    init?(json bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// Reads the fields of a form.
    init(form text: String) {
        var fields: [String: JSONValue] = [:]
        for pair in text.split(separator: "&") {
            let pieces = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = pieces.map { piece in
                let spaced = String(piece.map { $0 == "+" ? " " : $0 })
                return spaced.removingPercentEncoding ?? spaced
            }
            fields[decoded[0]] = .string(decoded.count > 1 ? decoded[1] : "")
        }
        self = .object(fields)
    }
}
