//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import BluewireStore
import BluewireTesting
import Foundation
import GRDB
import Testing

/// The small captured database (macOS 15): three messages without chats, three stickers.
@Suite(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
struct CapturedDatabaseTests {
    private let expected: JSONValue
    private let path: String
    private let store: MessageStore

    init() throws {
        let facts = JSONValue(try SharedData.bytes(of: "fixtures/payloads/expected.json"))
        expected = try #require(facts?["files"]?["db/test.db"])
        path = try TemporaryFolder.make() + "/chat.db"
        try FileManager.default.copyItem(
            atPath: SharedData.require("fixtures/payloads/db/test.db").path, toPath: path)
        store = try MessageStore(
            ChatDatabase.Configuration(place: DatabasePlace(path: path), line: LineID(rawValue: "captured")))
    }

    private func list(_ name: String) throws -> [JSONValue] {
        guard case .array(let values)? = expected[name], !values.isEmpty else { throw MissingSharedData(path: name) }
        return values
    }

    @Test func itHoldsWhatIsExpected() throws {
        let statistics = try store.statistics()
        #expect(statistics.messages == (try list("messages").count))
        #expect(statistics.attachments == (try list("attachments").count))
        #expect(statistics.chats + statistics.handles + statistics.chatMessageJoins == 0)
        #expect(statistics.degradedBodies == 0)
    }

    @Test func messagesWithoutAChatAreRead() async throws {
        for facts in try list("messages") {
            let guid = try #require(facts["guid"]?.text)
            let message = try #require(try await store.message(MessageID(rawValue: guid)))
            #expect(message.row.rawValue == facts["rowid"]?.whole)
            #expect(message.chat == nil)
            #expect(message.sentAt == AppleTime.timestamp(facts["date"]?.whole))
            #expect(message.channel.rawValue == facts["service"]?.text)
            let body = try #require(facts["body"])
            #expect(message.body.string == body["text"]?.text)
            #expect(Int64(message.body.string.utf16.count) == body["utf16Length"]?.whole)
            #expect(Int64(message.body.parts.count) == body["partCount"]?.whole)
            // Every attribute of every run, as the archive report of the body says it.
            let archived = try BlobReport.archive(blob("attributedBody", of: "message", guid: guid))
            for name in ["text", "runs", "partCount", "partIndexes", "utf16Length", "attributeTableCount"] {
                #expect(archived[name].map(Self.normal) == body[name].map(Self.normal), "\(guid): \(name)")
            }
        }
    }

    @Test func stickersAreAttachmentsWithTheirOrigin() async throws {
        for facts in try list("attachments") {
            let guid = try #require(facts["guid"]?.text)
            let attachment = try #require(try await store.attachment(guid))
            #expect(attachment.guid == guid)
            #expect(attachment.isSticker)
            #expect(attachment.mimeType == facts["mime"]?.text)
            #expect(attachment.uti == facts["uti"]?.text)
            #expect(attachment.storedPath == facts["filename"]?.text)
            #expect(Int64(attachment.state.rawValue) == facts["transferState"]?.whole)
            let original = try #require(facts["originalGuid"]?.text)
            #expect(try await store.attachment(original) == attachment)
            #expect(
                try Self.describe(blob("sticker_user_info", of: "attachment", guid: guid)) == facts["stickerUserInfo"])
            let origin = try Self.describe(blob("attribution_info", of: "attachment", guid: guid))
            #expect(origin == (facts["attributionInfo"] ?? .null))
        }
    }

    /// A column of the row with that GUID, read past the store: the model does not carry everything.
    private func blob(_ column: String, of table: String, guid: String) throws -> [UInt8] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).read { db in
            let sql = "SELECT \(column) FROM \(table) WHERE guid = ?"
            return [UInt8](try Data.fetchOne(db, sql: sql, arguments: [guid]) ?? Data())
        }
    }

    private static func describe(_ list: [UInt8]) throws -> JSONValue {
        guard !list.isEmpty, let values = try PropertyList.decode(list).dictionary else { return .null }
        return .object(
            values.mapValues { value in
                value.string.map(JSONValue.string) ?? value.integer.map { .integer(Int64($0)) } ?? .null
            })
    }

    private static func normal(_ value: JSONValue) -> JSONValue {
        switch value {
        case .integer(let number): .number(Double(number))
        case .array(let values): .array(values.map(normal))
        case .object(let members): .object(members.mapValues(normal))
        default: value
        }
    }
}

extension JSONValue {
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }

    fileprivate var whole: Int64? {
        switch self {
        case .integer(let number): number
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }
}
