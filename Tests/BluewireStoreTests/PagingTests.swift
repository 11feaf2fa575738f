//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTesting
import Testing

/// Pages cover a list exactly once, in both directions.
@Suite(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
struct PagingTests {
    @Test(arguments: GeneratorOptions.all, [1, 7, 50])
    func pagesOfAChatCoverItOnce(_ options: GeneratorOptions, limit: Int) async throws {
        let store = try GeneratedDatabase.with(options).store()
        let chats = try await store.chats(ChatQuery(limit: 1000, includesFiltered: true)).elements
        for chat in chats.prefix(limit == 1 ? 3 : 20) {
            let all = try await store.messages(in: chat.id, MessageQuery(limit: 1000))
            guard all.next == nil else { continue }
            var older: [MessageID] = []
            var cursor: PageCursor?
            var last: PageCursor?
            repeat {
                let page = try await store.messages(in: chat.id, MessageQuery(limit: limit, before: cursor))
                #expect(page.elements.count <= limit)
                #expect((page.previous == nil) == (cursor == nil))
                older += page.elements.map(\.id)
                if let previous = page.previous { last = previous }
                cursor = page.next
            } while cursor != nil
            #expect(older == all.elements.map(\.id))
            #expect(Set(older).count == older.count)
            guard let last else { continue }
            var newer: [MessageID] = []
            cursor = last
            while let position = cursor {
                let page = try await store.messages(in: chat.id, MessageQuery(limit: limit, after: position))
                newer = page.elements.map(\.id) + newer
                cursor = page.previous
            }
            #expect(newer == Array(all.elements.map(\.id).prefix(newer.count)))
            #expect(all.elements.count - newer.count <= limit)
        }
    }

    @Test(arguments: GeneratorOptions.all)
    func chatsTogetherHoldEveryListedMessage(_ options: GeneratorOptions) async throws {
        let database = try GeneratedDatabase.with(options)
        let store = try database.store()
        let chats = try await store.chats(ChatQuery(limit: 1000, includesFiltered: true, includesEmpty: true)).elements
        var seen: Set<MessageID> = []
        for chat in chats {
            var cursor: PageCursor?
            repeat {
                let page = try await store.messages(
                    in: chat.id, MessageQuery(limit: 500, before: cursor, includesTapbacks: true)
                )
                for message in page.elements {
                    #expect(message.chat == chat.id)
                    #expect(message.kind != .scheduled)
                    seen.insert(message.id)
                }
                cursor = page.next
            } while cursor != nil
        }
        #expect(
            seen.count == database.manifest.messages_joined_distinct - (database.manifest.by_kind["scheduled"] ?? 0))
        #expect(Set(chats.flatMap(\.aliases)).count == database.manifest.chats)
    }

    @Test(arguments: GeneratorOptions.all, [1, 3, 1000])
    func pagesOfTheListCoverItOnce(_ options: GeneratorOptions, limit: Int) async throws {
        let store = try GeneratedDatabase.with(options).store()
        let all = try await store.chats(ChatQuery(limit: 1000)).elements
        #expect(
            all.map(\.lastMessageAt)
                == all.map(\.lastMessageAt).sorted { ($0?.nanoseconds ?? 0) > ($1?.nanoseconds ?? 0) })
        var older: [ChatID] = []
        var cursor: PageCursor?
        repeat {
            let page = try await store.chats(ChatQuery(limit: limit, before: cursor))
            older += page.elements.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(older == all.map(\.id))
    }

    @Test func theNewestMessageOfAChatNamesItsDate() async throws {
        let store = try GeneratedDatabase.with(.newest).store()
        for chat in try await store.chats(ChatQuery(limit: 1000)).elements {
            let newest = try await store.messages(in: chat.id, MessageQuery(limit: 1, includesTapbacks: true)).elements
            #expect(newest.first?.sentAt == chat.lastMessageAt)
            #expect(chat.aliases.contains(chat.guid))
            #expect(chat.unreadCount >= 0)
        }
    }

    @Test func aCursorOfAnotherDatabaseIsRefused() async throws {
        let store = try GeneratedDatabase.with(.newest).store()
        let chat = try #require(try await store.chats().elements.first)
        let foreign = PageCursor(date: 1, row: 1, generation: 1)
        let error = await #expect(throws: StoreError.self) {
            try await store.messages(in: chat.id, MessageQuery(before: foreign))
        }
        #expect(error?.code == .staleCursor)
    }

    @Test func tapbacksAreFoldedIntoTheirTargets() async throws {
        let store = try GeneratedDatabase.with(.newest).store()
        var folded = 0
        for chat in try await store.chats(ChatQuery(limit: 1000)).elements {
            for message in try await store.messages(in: chat.id, MessageQuery(limit: 1000)).elements {
                #expect(message.kind != .tapback)
                folded += message.tapbacks.count
                for tapback in message.tapbacks { #expect(tapback.target == message.id) }
            }
        }
        #expect(folded > 50)
    }
}
