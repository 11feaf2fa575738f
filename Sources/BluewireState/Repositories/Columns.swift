//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How small values are written into columns of `state.db`.
package enum Columns {
    static func text(_ scopes: Set<Scope>) -> String { scopes.map(\.rawValue).sorted().joined(separator: " ") }

    static func scopes(_ text: String) -> Set<Scope> {
        Set(text.split(separator: " ").map { Scope(rawValue: String($0)) })
    }

    static func text(_ chats: Set<ChatID>?) -> String? {
        chats.map { $0.map(\.rawValue).sorted().joined(separator: " ") }
    }

    static func chats(_ text: String?) -> Set<ChatID>? {
        text.map { Set($0.split(separator: " ").map { ChatID(rawValue: String($0)) }) }
    }

    /// The time in a nullable column of nanoseconds.
    package static func time(_ nanoseconds: Int64?) -> Timestamp? { nanoseconds.map { Timestamp(nanoseconds: $0) } }

    /// A value as JSON text with sorted keys.
    package static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The value in a column of JSON text.
    package static func value<Value: Decodable>(_ type: Value.Type = Value.self, json text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    /// Bytes as base64 with padding.
    package static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The bytes of base64 text, with or without padding; nil when it is not base64.
    package static func bytes(base64 text: String) -> [UInt8]? {
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: padded).map { [UInt8]($0) }
    }
}
