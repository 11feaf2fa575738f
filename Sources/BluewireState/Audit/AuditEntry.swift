//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
private import Crypto
import GRDB

/// A record in its place in the chain.
package struct AuditEntry: Hashable, Sendable {
    /// Its place; counted from 1, without gaps.
    package var sequence: Int64
    /// What happened.
    package var record: AuditRecord
    /// The hash of the entry before; 32 zero bytes for the first.
    package var previous: [UInt8]
    /// SHA-256 over ``previous`` and ``canonicalJSON``.
    package var hash: [UInt8]

    /// The first entry's ``previous``.
    package static let origin = [UInt8](repeating: 0, count: 32)

    /// The entry that puts `record` after an entry with the hash `previous`.
    package init(_ record: AuditRecord, sequence: Int64, previous: [UInt8]) {
        self.sequence = sequence
        self.record = record
        self.previous = previous
        hash = []
        hash = computedHash
    }

    /// What ``hash`` has to be.
    package var computedHash: [UInt8] { Array(SHA256.hash(data: previous + canonicalJSON)) }

    /// The entry without its hash as one line of JSON: keys sorted, no white space, nothing escaped that need not be.
    package var canonicalJSON: [UInt8] { json(withHash: false) }

    /// The entry as one line of JSON, as it is exported: ``canonicalJSON`` with the member `hash` added.
    package var exportedJSON: [UInt8] { json(withHash: true) }

    private func json(withHash: Bool) -> [UInt8] {
        var json = CanonicalObject()
        json.add("action", record.action)
        json.add("actor", record.actor)
        json.add("at", record.at.nanoseconds)
        if withHash { json.add("hash", hash.hexadecimal) }
        if let object = record.object { json.add("object", object) }
        json.add("outcome", record.outcome)
        json.add("prev", previous.hexadecimal)
        if let reason = record.reason { json.add("reason", reason) }
        json.add("sequence", sequence)
        return json.bytes
    }
}

extension AuditEntry {
    /// The columns an entry is read from: texts as bytes, so that not even a byte that decoding would repair is missed.
    static let columns = """
        sequence, at, CAST(actor AS BLOB), CAST(action AS BLOB), CAST(object AS BLOB), CAST(outcome AS BLOB),
        CAST(reason AS BLOB), prev, hash
        """

    /// The entry in a row of ``columns``; nil when a text in it is not valid UTF-8.
    init?(_ row: Row) {
        func text(_ index: Int) -> String? {
            String(validating: [UInt8](blobIn: row, at: index), as: UTF8.self)
        }
        func optional(_ index: Int) -> String?? {
            guard !row.hasNull(atIndex: index) else { return .some(nil) }
            return text(index).map { .some($0) }
        }
        guard
            let actor = text(2), let action = text(3), let object = optional(4), let outcome = text(5),
            let reason = optional(6)
        else { return nil }
        sequence = row[0]
        record = AuditRecord(
            at: Timestamp(nanoseconds: row[1]), actor: actor, action: action, object: object, outcome: outcome,
            reason: reason)
        previous = [UInt8](blobIn: row, at: 7)
        hash = [UInt8](blobIn: row, at: 8)
    }
}

/// A flat JSON object whose members are added in the order of their names.
private struct CanonicalObject {
    private var content: [UInt8] = []

    var bytes: [UInt8] { [UInt8(ascii: "{")] + content + [UInt8(ascii: "}")] }

    mutating func add(_ name: String, _ value: Int64) {
        begin(name)
        content.append(contentsOf: String(value).utf8)
    }

    mutating func add(_ name: String, _ value: String) {
        begin(name)
        append(value)
    }

    private mutating func begin(_ name: String) {
        if !content.isEmpty { content.append(UInt8(ascii: ",")) }
        append(name)
        content.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ text: String) {
        content.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x08: content.append(contentsOf: "\\b".utf8)
            case 0x09: content.append(contentsOf: "\\t".utf8)
            case 0x0A: content.append(contentsOf: "\\n".utf8)
            case 0x0C: content.append(contentsOf: "\\f".utf8)
            case 0x0D: content.append(contentsOf: "\\r".utf8)
            case 0x00..<0x20: content.append(contentsOf: "\\u00\([byte].hexadecimal)".utf8)
            default: content.append(byte)
            }
        }
        content.append(UInt8(ascii: "\""))
    }
}

extension [UInt8] {
    /// The bytes as lower-case hexadecimal digits.
    package var hexadecimal: String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
