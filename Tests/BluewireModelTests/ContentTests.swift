//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Foundation
import Testing

@Suite struct ContentTests {
    @Test(arguments: [
        ("hello", "hello"), ("\u{FFFC}caption\u{FFFC}", "caption"), ("\u{FFFD}", ""), (" kept \n", " kept \n"),
        ("日本語\u{FFFC}", "日本語"), ("", ""),
    ])
    func plainTextDropsOnlyPlaceholders(string: String, expected: String) {
        #expect(MessageBody(string: string).plainText == expected)
    }

    @Test func aTextBodyCountsUTF16() {
        let body = MessageBody(text: "a😂")
        #expect(body.parts.count == 1)
        guard case .text(let runs) = body.parts.first?.content else {
            Issue.record("not a text part")
            return
        }
        #expect(runs.first?.range == UTF16Range(0, 3))
    }

    @Test(arguments: [
        (1, 0, 0, "participantAdded"), (1, 1, 0, "participantRemoved"), (2, 0, 0, "renamed"),
        (3, 0, 0, "participantLeft"), (3, 1, 0, "photoSet"), (3, 2, 0, "photoRemoved"), (3, 4, 0, "backgroundSet"),
        (3, 6, 0, "backgroundRemoved"), (4, 0, 0, "locationStarted"), (4, 0, 1, "locationStopped"),
        (5, 0, 0, "audioKept"), (6, 0, 0, "sharePlay"), (3, 9, 0, "unknown(3,9)"), (77, 1, 0, "unknown(77,1)"),
    ])
    func groupEventsFollowAppleColumns(item: Int, action: Int, share: Int, expected: String) {
        #expect(GroupEvent.Kind(itemType: item, actionType: action, shareStatus: share).rawValue == expected)
    }

    @Test func unknownTapbacksKeepTheirNumber() {
        let kind = Tapback.Kind(rawValue: 2042)
        #expect(kind.name == "unknown(2042)")
        #expect(!kind.isExclusive)
        #expect(Tapback.Kind(name: "love") == .love)
        #expect(Tapback.Kind(name: "sticker") == nil)
    }

    @Test func everySnapshotSurvivesJSON() throws {
        var message = Message(
            id: MessageID(rawValue: "G-1"), row: RowID(rawValue: 9), line: LineID(rawValue: "sim"), isFromMe: false,
            sentAt: Timestamp(seconds: 1_773_480_413)
        )
        message.body = MessageBody(
            string: "hi \u{FFFC}",
            parts: [
                Part(index: 0, content: .text([TextRun(text: "hi ", range: UTF16Range(0, 3), attributes: [.bold])])),
                Part(index: 1, content: .attachment(guid: "at_1_G")),
                Part(index: 4, content: .unsent(originalRange: nil)),
            ]
        )
        let chat = Chat(
            id: ChatID(rawValue: "ch_x"), guid: ChatGUID(rawValue: "any;-;+1"), line: message.line, isGroup: false
        )
        let tapback = Tapback(
            id: MessageID(rawValue: "T"), target: message.id, part: -1, kind: .emoji, emoji: "🔥", sender: nil,
            isFromMe: true, date: message.sentAt
        )
        let send = Send(
            id: SendID(rawValue: "snd_1"), recipient: .handle("+1"), line: message.line,
            action: .message(Draft(text: "x")), createdAt: message.sentAt
        )
        let snapshots: [Snapshot] = [
            .message(message, changed: ["delivered"], arrival: .late), .deletedMessage(message.id), .tapback(tapback),
            .tapback(tapback, arrival: .backfill),
            .chat(chat), .send(send), .line(state: "up", reason: nil), .gap(reason: "pruned"), .typing(nil),
        ]
        for snapshot in snapshots {
            let data = try JSONEncoder().encode(snapshot)
            #expect(try JSONDecoder().decode(Snapshot.self, from: data) == snapshot)
        }
    }

    /// Journals of earlier builds hold tapbacks without an arrival.
    @Test func aTapbackWithoutAnArrivalIsRead() throws {
        let tapback = Tapback(
            id: MessageID(rawValue: "T"), target: MessageID(rawValue: "M"), part: 0, kind: .love, emoji: nil,
            sender: nil, isFromMe: true, date: Timestamp(seconds: 1)
        )
        let inner = String(decoding: try JSONEncoder().encode(tapback), as: UTF8.self)
        let stored = Data(#"{"tapback":{"_0":\#(inner)}}"#.utf8)
        #expect(try JSONDecoder().decode(Snapshot.self, from: stored) == .tapback(tapback, arrival: nil))
    }

    @Test func redactedNeverPrintsTheValue() {
        #expect(!"\(Redacted("+15551234567"))".contains("555"))
    }
}
