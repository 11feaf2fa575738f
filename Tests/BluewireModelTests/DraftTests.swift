//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Foundation
import Testing

@Suite struct DraftTests {
    @Test func aDraftStoredByAnEarlierVersionDecodesAndEncodesAsItWas() throws {
        let stored = #"{"effect":"e","files":["\/a"],"replyTo":"M","subject":"s","text":"hi"}"#
        let draft = try JSONDecoder().decode(Draft.self, from: Data(stored.utf8))
        #expect(
            draft == Draft(text: "hi", files: ["/a"], replyTo: MessageID(rawValue: "M"), effect: "e", subject: "s"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(draft), as: UTF8.self) == stored)
    }

    @Test func everythingNewSurvivesAStore() throws {
        var draft = Draft(text: "Hi Ana", files: ["/a.png"])
        draft.fileOffsets = [2]
        draft.mentions = [Mention(range: UTF16Range(3, 3), address: "+12025550101")]
        draft.isVoiceNote = true
        draft.choices = ["a", "b"]
        let actions: [Send.Action] = [
            .message(draft), .chat(.rename("x")), .chat(.icon(nil)), .chat(.icon("/a.png")),
            .chat(.addParticipant("a")), .chat(.removeParticipant("a")), .chat(.leave),
        ]
        for action in actions {
            #expect(try JSONDecoder().decode(Send.Action.self, from: JSONEncoder().encode(action)) == action)
        }
        let group = Recipient.group(["+15550001", "+15550002"], name: "Trip")
        #expect(try JSONDecoder().decode(Recipient.self, from: JSONEncoder().encode(group)) == group)
    }

    @Test(
        arguments: [
            ("", ["/a"], [], [DraftPart.file("/a")]),
            ("one", ["/a"], [], [.file("/a"), .text("one", range: UTF16Range(0, 3))]),
            ("one", [], [], [.text("one", range: UTF16Range(0, 3))]),
            (
                "one🎉two", ["/a", "/b"], [3, 5],
                [
                    .text("one", range: UTF16Range(0, 3)), .file("/a"), .text("🎉", range: UTF16Range(3, 2)),
                    .file("/b"),
                    .text("two", range: UTF16Range(5, 3)),
                ]
            ),
            ("one", ["/a", "/b"], [0, 3], [.file("/a"), .text("one", range: UTF16Range(0, 3)), .file("/b")]),
            ("one", ["/a", "/b"], [9, 1], [.text("one", range: UTF16Range(0, 3)), .file("/a"), .file("/b")]),
        ] as [(String, [String], [Int], [DraftPart])])
    func partsFollowTheOffsets(text: String, files: [String], offsets: [Int], parts: [DraftPart]) {
        var draft = Draft(text: text, files: files)
        draft.fileOffsets = offsets
        #expect(draft.parts == parts)
    }

    @Test(arguments: [
        ("Where?", ["Here", "There"], "Where?\n\n1. Here\n2. There"), ("Where?", [], "Where?"),
        ("", ["Here"], "1. Here"),
    ])
    func choicesBecomeNumberedLines(question: String, choices: [String], text: String) {
        #expect(ChoiceText.render(question: question, choices: choices) == text)
    }
}
