//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTesting
import Testing

/// What the generator says it wrote is what the reader finds.
@Suite(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
struct ManifestTests {
    @Test(arguments: GeneratorOptions.all)
    func statisticsEqualTheManifest(_ options: GeneratorOptions) throws {
        let database = try GeneratedDatabase.with(options)
        let expected = database.manifest
        let found = try database.store().statistics(includesIdentifiers: true)
        #expect(found.messages == expected.messages)
        #expect(found.chats == expected.chats)
        #expect(found.handles == expected.handles)
        #expect(found.attachments == expected.attachments)
        #expect(found.chatMessageJoins == expected.chat_message_joins)
        #expect(found.messagesJoinedDistinct == expected.messages_joined_distinct)
        #expect(found.firstDate == expected.first_date_ns)
        #expect(found.lastDate == expected.last_date_ns)
        #expect(found.dateOfLastRow == expected.date_of_rowid_max_ns)
        #expect(found.byKind == expected.by_kind)
        #expect(found.edited == expected.edited)
        #expect(found.unsent == expected.unsent)
        #expect(found.unreadIncoming == expected.unread_incoming)
        #expect(found.tapbacks.add == expected.tapbacks.add)
        #expect(found.tapbacks.remove == expected.tapbacks.remove)
        #expect(found.tapbacks.emoji == expected.tapbacks.emoji)
        #expect(found.services == expected.services)
        #expect(found.textStorage == expected.text_storage)
        #expect(found.attachmentsByMIME == expected.attachments_by_mime)
        #expect(found.features == expected.features)
        #expect(found.traps == expected.traps)
        #expect(found.perChat == expected.per_chat)
        #expect(found.perHandle == expected.per_handle)
        #expect(found.sha256 == expected.sha256)
        #expect(found.sha256Body == expected.sha256_body)
        #expect(found.degradedBodies == 0)
        #expect(found.schema.generation == "macOS \(options.macOS)")
    }

    @Test(arguments: GeneratorOptions.all)
    func samplesEqualTheManifest(_ options: GeneratorOptions) async throws {
        let database = try GeneratedDatabase.with(options)
        let store = try database.store()
        for sample in database.manifest.samples {
            let message = try #require(try await store.message(MessageID(rawValue: sample.guid)))
            #expect(message.row.rawValue == sample.rowid)
            #expect(message.body.string == sample.body ?? "", "\(sample.guid)")
            #expect(message.body.string.replacing("\u{FFFC}", with: "") == sample.text ?? "", "\(sample.guid)")
            #expect(message.sentAt.nanoseconds - 978_307_200_000_000_000 == sample.date_ns)
            #expect(message.isFromMe == sample.is_from_me)
            if message.channel != .business { #expect(message.channel.rawValue == sample.service) }
            #expect(message.sender?.address == sample.sender)
            #expect(message.replyThread?.originator.rawValue == sample.reply_to_thread)
            #expect(message.subject == sample.subject)
            #expect(message.effect == sample.effect)
            if let chat = sample.chat_guid {
                let named = try #require(message.chat.map { id in (id, message.chatGUID) })
                let aliases = try #require(try await store.chat(named.0)).aliases.map(\.rawValue)
                // A row in two chats belongs to the one it joined last; the manifest names the first.
                #expect(aliases.contains(chat) || (database.manifest.traps["two_chats"] ?? 0) > 0)
            } else {
                #expect(message.chat == nil || message.flags.contains(.recentlyDeleted))
            }
            let files = message.attachments
            #expect(files.map(\.guid) == sample.attachments.map(\.guid), "\(sample.guid) \(sample.kind)")
            #expect(files.map(\.name) == sample.attachments.map(\.name))
            for (file, expected) in zip(files, sample.attachments) where expected.mime != nil {
                #expect(file.mimeType == expected.mime)
            }
            if let history = sample.edit_history {
                #expect(message.edits.contains { $0.versions.map(\.text) == history }, "\(sample.guid)")
            }
        }
    }

    @Test func kindsOfSamplesAreTranslated() async throws {
        let database = try GeneratedDatabase.with(.newest)
        let store = try database.store()
        let kinds: [String: Message.Kind] = [
            "text": .text, "text_rich": .text, "long_text": .text, "edited": .text, "attachment": .text,
            "multipart": .text, "audio": .text, "failed": .text, "spam": .text, "link_preview": .balloon,
            "app": .balloon, "poll": .balloon, "poll_vote": .pollVote, "tapback_add": .tapback, "sticker": .tapback,
            "tapback_remove": .tapback, "group_event": .event, "other_event": .event, "unsent": .unsent,
            "part_unsent": .text, "scheduled": .scheduled,
        ]
        for sample in database.manifest.samples {
            guard let kind = kinds[sample.kind] else { continue }
            let message = try #require(try await store.message(MessageID(rawValue: sample.guid)))
            #expect(message.kind == kind, "\(sample.guid) \(sample.kind)")
            if sample.kind == "failed" { #expect(message.status == .failed && message.errorCode == 22) }
            if sample.kind == "audio" { #expect(message.flags.contains(.voice)) }
        }
    }

    @Test func rareWordsAreFoundInEveryScript() async throws {
        let database = try GeneratedDatabase.with(.newest)
        let store = try database.store()
        for (word, needle) in database.manifest.needles where needle.casefold_nodiacritics > 0 {
            let found = try await store.search(word, in: nil, limit: 100)
            // Rows without a chat are not listed.
            let joined = try await needle.guids.asyncFilter { guid in
                let message = try await store.message(MessageID(rawValue: guid))
                return message?.chat != nil && message?.flags.contains(.recentlyDeleted) == false
            }
            #expect(Set(found.map(\.id.rawValue)) == Set(joined), "\(word)")
            #expect(found.map(\.sentAt) == found.map(\.sentAt).sorted(by: >))
        }
    }
}

extension [String] {
    fileprivate func asyncFilter(_ isIncluded: (String) async throws -> Bool) async throws -> [String] {
        var kept: [String] = []
        for element in self where try await isIncluded(element) { kept.append(element) }
        return kept
    }
}
