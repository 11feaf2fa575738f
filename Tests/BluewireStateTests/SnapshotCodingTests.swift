//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import Foundation
import Testing

@testable import BluewireState

@Suite struct SnapshotCodingTests {
    private static func message(_ text: String, _ change: (inout Message) -> Void = { _ in }) -> Message {
        var message = Samples.message("A-1", text: text)
        change(&message)
        return message
    }

    private static let runs: [TextRun] = [
        TextRun(text: "bold", range: UTF16Range(0, 4), attributes: [.bold, .link("https://example.com/a")]),
        TextRun(text: " rest", range: UTF16Range(4, 5)),
    ]

    private static let messages: [Message] = [
        message(""), message("plain"), message("quotes \" and \\ and / and \u{1}\u{1F}\n\t\u{7F}"),
        message("日本 ❤️ \u{2028}\u{FFFC}"),
        message("parts") { message in
            message.body = MessageBody(
                string: "bold rest",
                parts: [
                    Part(index: 0, content: .text(runs)), Part(index: 2, content: .attachment(guid: "at_0_A-1")),
                    Part(index: 3, content: .balloon), Part(index: 4, content: .unsent(originalRange: nil)),
                    Part(index: 5, content: .unsent(originalRange: UTF16Range(3, 2))),
                ], isDegraded: true)
        },
        message("everything") { message in
            message.row = RowID(rawValue: .max)
            message.chatGUID = ChatGUID(rawValue: "any;-;+15550001")
            message.kind = .balloon
            message.subject = "subject"
            message.isFromMe = true
            message.channel = .sms
            message.deliveredAt = Timestamp(nanoseconds: 1)
            message.readAt = Timestamp(nanoseconds: -2)
            message.editedAt = Timestamp(nanoseconds: .max)
            message.status = .delivered
            message.errorCode = -22
            message.isRead = true
            message.attachments = [Attachment(guid: "at_0_A-1", name: "a/\"b\".jpg")]
            message.tapbacks = [
                Tapback(
                    id: MessageID(rawValue: "T"), target: MessageID(rawValue: "A-1"), part: 0, kind: .love, emoji: "❤️",
                    sender: message.sender, isFromMe: false, date: Timestamp(nanoseconds: 5))
            ]
            message.replyThread = ReplyThread(originator: MessageID(rawValue: "O"), part: -1)
            message.balloon = Balloon(bundleID: "com.example", summary: "sum")
            message.event = GroupEvent(kind: .participantAdded, subject: message.sender, title: "title")
            message.edits = [MessageEdit(part: 0, versions: [MessageEdit.Version(text: "old", date: nil)])]
            message.unsentParts = [1, 2]
            message.effect = "com.apple.MobileSMS.expressivesend.impact"
            message.scheduledFor = Timestamp(nanoseconds: 9)
            message.ownAddress = "+15550009"
            message.flags = [.voice, .quiet]
        },
    ]

    @Test(arguments: messages)
    func whatIsWrittenIsReadBack(_ message: Message) throws {
        let snapshot = Snapshot.message(message, changed: ["read", "edited"], arrival: .late)
        #expect(SnapshotCoding.decode(try SnapshotCoding.encode(snapshot), version: 1) == snapshot)
    }

    /// What older builds wrote, and what newer ones write for everything else, is this.
    @Test(arguments: messages)
    func itIsTheLayoutOfTheEncoder(_ message: Message) throws {
        let snapshot = Snapshot.message(message, changed: [], arrival: .new)
        let written = try JSONDecoder().decode(JSONTree.self, from: Data(try SnapshotCoding.encode(snapshot)))
        let expected = try JSONDecoder().decode(JSONTree.self, from: try JSONEncoder().encode(snapshot))
        #expect(written == expected)
    }

    @Test func everyFieldOfAMessageIsKnownToTheWriter() {
        // A new field needs a line in the writer and in the message with everything above.
        #expect(Mirror(reflecting: Samples.message("A")).children.count == 29)
    }

    @Test(arguments: [
        Snapshot.deletedMessage(MessageID(rawValue: "A")), .line(state: "up", reason: nil), .gap(reason: "x"),
        .typing(nil),
    ])
    func othersAreReadBackToo(_ snapshot: Snapshot) throws {
        #expect(SnapshotCoding.decode(try SnapshotCoding.encode(snapshot), version: 1) == snapshot)
    }
}

/// JSON without an order of keys.
private indirect enum JSONTree: Decodable, Equatable {
    case object([String: JSONTree])
    case array([JSONTree])
    case text(String)
    case number(Int64)
    case bool(Bool)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode([String: JSONTree].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else {
            self = .number(try container.decode(Int64.self))
        }
    }
}
