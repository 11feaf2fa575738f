//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Foundation: percent-decoding.
private import Foundation

/// A value of a payload somebody else composed.
indirect enum HookValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([HookValue])
    case object([String: HookValue])

    /// The value at a path of names and positions; null where there is none.
    subscript(path: some Sequence<String>) -> HookValue {
        path.reduce(self) { value, name in
            switch value {
            case .object(let members): members[name] ?? .null
            case .list(let values): Int(name).flatMap { values.indices.contains($0) ? values[$0] : nil } ?? .null
            default: .null
            }
        }
    }

    /// The value as people read it; objects have no text.
    var text: String {
        switch self {
        case .null, .object: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
        case .text(let value): value
        case .list(let values): values.map(\.text).filter { !$0.isEmpty }.joined(separator: ", ")
        }
    }

    /// The elements of a list; nothing of anything else.
    var elements: [HookValue] {
        if case .list(let values) = self { values } else { [] }
    }

    /// Reads JSON; nil when it is none.
    init?(json bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(HookValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// Reads the fields of a form.
    init(form text: String) {
        var fields: [String: HookValue] = [:]
        for pair in text.split(separator: "&") {
            let pieces = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = pieces.map { piece in
                let spaced = String(piece.map { $0 == "+" ? " " : $0 })
                return spaced.removingPercentEncoding ?? spaced
            }
            fields[decoded[0]] = .text(decoded.count > 1 ? decoded[1] : "")
        }
        self = .object(fields)
    }
}

extension HookValue: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([HookValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: HookValue].self))
        }
    }
}
