//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// Writes the snapshot of a message as `JSONEncoder` would, without its cost; what is rare is left to it.
///
/// Every message is journalled on its way to its readers, so this is on the path they wait for.
struct SnapshotWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(1024) }

    mutating func write(_ message: Message, changed: [String], arrival: Arrival) throws {
        try object { writer in
            try writer.object("message") { writer in
                try writer.object("_0") { writer in try writer.members(of: message) }
                writer.strings("changed", changed)
                writer.string("arrival", arrival.rawValue)
            }
        }
    }

    private mutating func members(of message: Message) throws {
        string("id", message.id.rawValue)
        integer("row", message.row.rawValue)
        string("line", message.line.rawValue)
        string("chat", message.chat?.rawValue)
        string("chatGUID", message.chatGUID?.rawValue)
        string("kind", message.kind.rawValue)
        try object("body") { writer in try writer.members(of: message.body) }
        string("subject", message.subject)
        if let sender = message.sender {
            object("sender") { writer in
                writer.string("address", sender.address)
                writer.string("channel", sender.channel.rawValue)
            }
        }
        bool("isFromMe", message.isFromMe)
        string("channel", message.channel.rawValue)
        integer("sentAt", message.sentAt.nanoseconds)
        integer("deliveredAt", message.deliveredAt?.nanoseconds)
        integer("readAt", message.readAt?.nanoseconds)
        integer("editedAt", message.editedAt?.nanoseconds)
        string("status", message.status?.rawValue)
        integer("errorCode", Int64(message.errorCode))
        bool("isRead", message.isRead)
        try list("attachments", message.attachments)
        try list("tapbacks", message.tapbacks)
        if let thread = message.replyThread {
            object("replyThread") { writer in
                writer.string("originator", thread.originator.rawValue)
                writer.integer("part", Int64(thread.part))
            }
        }
        try value("balloon", message.balloon)
        try value("event", message.event)
        try list("edits", message.edits)
        try list("unsentParts", message.unsentParts)
        string("effect", message.effect)
        integer("scheduledFor", message.scheduledFor?.nanoseconds)
        string("ownAddress", message.ownAddress)
        strings("flags", message.flags.map(\.rawValue))
    }

    private mutating func members(of body: MessageBody) throws {
        string("string", body.string)
        key("parts")
        open("[")
        for part in body.parts {
            try object { writer in
                writer.integer("index", Int64(part.index))
                try writer.object("content") { writer in try writer.write(part.content) }
            }
        }
        close("]")
        bool("isDegraded", body.isDegraded)
    }

    private mutating func write(_ content: Part.Content) throws {
        switch content {
        case .text(let runs):
            try object("text") { writer in
                writer.key("_0")
                writer.open("[")
                for run in runs { try writer.object { writer in try writer.members(of: run) } }
                writer.close("]")
            }
        case .attachment(let guid): object("attachment") { $0.string("guid", guid) }
        case .balloon: object("balloon") { _ in }
        case .unsent(let range):
            object("unsent") { writer in
                if let range { writer.range("originalRange", range) }
            }
        }
    }

    private mutating func members(of run: TextRun) throws {
        string("text", run.text)
        range("range", run.range)
        try list("attributes", run.attributes)
    }

    private mutating func range(_ name: StaticString, _ range: UTF16Range) {
        object(name) { writer in
            writer.integer("location", Int64(range.location))
            writer.integer("length", Int64(range.length))
        }
    }

    // MARK: JSON

    private mutating func object(
        _ name: StaticString? = nil, _ body: (inout SnapshotWriter) throws -> Void
    ) rethrows {
        if let name { key(name) }
        open("{")
        try body(&self)
        close("}")
    }

    private mutating func key(_ name: StaticString) {
        comma()
        append("\"")
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        append("\"")
        append(":")
        needsComma = false
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        comma()
        append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        append(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { append(",") }
        needsComma = true
    }

    private mutating func append(_ scalar: Unicode.Scalar) { bytes.append(UInt8(ascii: scalar)) }

    private mutating func string(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    private mutating func strings(_ name: StaticString, _ values: [String]) {
        key(name)
        open("[")
        for value in values { string(value) }
        close("]")
    }

    private mutating func string(_ value: String) {
        comma()
        append("\"")
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append("\\")
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    private mutating func integer(_ name: StaticString, _ value: Int64?) {
        guard let value else { return }
        key(name)
        comma()
        bytes.append(contentsOf: String(value).utf8)
    }

    private mutating func bool(_ name: StaticString, _ value: Bool) {
        key(name)
        comma()
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    private mutating func list(_ name: StaticString, _ values: [some Encodable]) throws {
        guard values.isEmpty else { return try value(name, values) }
        key(name)
        open("[")
        close("]")
    }

    private mutating func value(_ name: StaticString, _ value: (some Encodable)?) throws {
        guard let value else { return }
        key(name)
        comma()
        bytes.append(contentsOf: try JSONEncoder().encode(value))
    }
}
