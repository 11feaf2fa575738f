//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
public import BluewireTransport
import GRDB

extension MessageStore: TargetResolving {
    public func target(of recipient: Recipient, line: LineID) async throws(OutboundError) -> ResolvedTarget {
        guard line == self.line else {
            throw OutboundError(
                .notFound, message: "There is no line of that name here.", remedy: "Use a line of the configuration."
            )
        }
        do {
            switch recipient {
            case .chat(let id):
                guard let chat = try await chat(id) else { throw Self.noChat }
                return Self.target(chat)
            case .handle(let address):
                return try await target(of: address)
            case .group(let addresses, let name):
                return try await target(of: addresses, named: name)
            }
        } catch let error as OutboundError {
            throw error
        } catch {
            let store = error as? StoreError
            throw OutboundError(
                .unavailable, message: store?.message ?? "The Messages database could not be read.",
                remedy: store?.remedy ?? "Try again."
            )
        }
    }

    public func newestRow(line: LineID) async throws -> RowID {
        try await read { _, db in
            let statement = try db.cachedStatement(sql: "SELECT MAX(ROWID) FROM message")
            return RowID(rawValue: try Int64.fetchOne(statement) ?? 0)
        }
    }

    public func ownRows(above row: RowID, in target: Target, line: LineID) async throws -> [OwnRow] {
        guard line == self.line else { return [] }
        return try await read { database, db in
            let hydrator = database.hydrator
            let directory = try hydrator.directory.current(in: db)
            let scope = OwnRowScope(target: target, directory: directory)
            let statement = try db.cachedStatement(
                sql: """
                    SELECT m.ROWID, j.chat_id, m.handle_id FROM message m
                    LEFT JOIN chat_message_join j ON j.message_id = m.ROWID
                    WHERE m.ROWID > ? AND m.is_from_me = 1 ORDER BY m.ROWID LIMIT 2000
                    """
            )
            var rows: [RowID] = []
            var joined: Set<RowID> = []
            let cursor = try Row.fetchCursor(statement, arguments: [row.rawValue])
            while let found = try cursor.next() {
                let id = RowID(rawValue: found[0] as Int64? ?? 0)
                let chat = found[1] as Int64?
                guard scope.holds(chat: chat, handle: found[2] as Int64? ?? 0), rows.last != id else { continue }
                rows.append(id)
                if chat != nil { joined.insert(id) }
            }
            return try hydrator.messages(rows: rows, in: db).map {
                OwnRow(message: $0, isJoined: joined.contains($0.row))
            }
        }
    }

    private static var noChat: OutboundError {
        OutboundError(.notFound, message: "There is no such chat.", remedy: "List the chats, or send to an address.")
    }

    private static func target(_ chat: Chat) -> ResolvedTarget {
        ResolvedTarget(
            target: .chat(
                guid: chat.guid, isGroup: chat.isGroup, channel: chat.channel,
                addresses: chat.participants.map(\.handle.address)
            ),
            chat: chat.id, isSelf: chat.isSelf
        )
    }

    private func target(of address: String) async throws -> ResolvedTarget {
        switch try await resolve(address) {
        case .chat(let chat): return Self.target(chat)
        case .ambiguous(let chats):
            throw OutboundError(
                .ambiguous, message: "The address belongs to several chats.", remedy: "Name one of the candidates.",
                candidates: chats.map(\.id)
            )
        case .none:
            guard !address.hasPrefix("ch_"), !address.contains(";") else { throw Self.noChat }
            let key = HandleKey(address)
            guard !key.rawValue.isEmpty else { throw Self.noChat }
            let known = try await channel(of: key)
            return ResolvedTarget(
                target: .handle(address: key.rawValue, channel: known), chat: nil, isSelf: false
            )
        }
    }

    /// The group of exactly these people; with a name, the one that has it.
    private func target(of addresses: [String], named name: String?) async throws -> ResolvedTarget {
        let people = Set(addresses.map { HandleKey($0) })
        let groups = try await read { database, db in
            let directory = try database.hydrator.directory.current(in: db)
            return directory.conversations.filter { conversation in
                guard conversation.isGroup, let newest = conversation.members.last else { return false }
                return Set(directory.participants(of: conversation, newest: newest).map(\.key)) == people
            }.map(\.id)
        }
        var chats: [Chat] = []
        for id in groups { if let chat = try await chat(id) { chats.append(chat) } }
        if let name { chats = chats.filter { $0.displayName == name } }
        guard chats.count <= 1 else {
            throw OutboundError(
                .ambiguous, message: "Several groups have exactly these people.",
                remedy: "Name one of the candidates.", candidates: chats.map(\.id))
        }
        guard let chat = chats.first else {
            return ResolvedTarget(target: .group(addresses: addresses, name: name), chat: nil, isSelf: false)
        }
        return Self.target(chat)
    }

    /// The channel an address was seen on; iMessage when it was seen there, else what else is known.
    private func channel(of key: HandleKey) async throws -> Channel {
        try await read { database, db in
            let directory = try database.hydrator.directory.current(in: db)
            let channels = directory.handles.values.filter { $0.handle.key == key }.map(\.handle.channel)
            if channels.contains(.iMessage) { return .iMessage }
            return channels.sorted { $0.rawValue < $1.rawValue }.first ?? .unknown
        }
    }
}

/// Which rows belong to a target: those of its chats, and unjoined ones to its address.
private struct OwnRowScope {
    private let chats: Set<Int64>
    private let addresses: Set<HandleKey>
    private let directory: ChatDirectory

    init(target: Target, directory: ChatDirectory) {
        self.directory = directory
        var chats: Set<Int64> = []
        var addresses: Set<HandleKey> = []
        switch target {
        case .chat(let guid, let isGroup, _, let members):
            let own = directory.chats.values.first { $0.guid == guid }
            chats = Set(own.flatMap { directory.conversation(ofChat: $0.row)?.members } ?? [])
            // A send that went nowhere leaves a row whose handle is the raw identifier of the chat.
            addresses = Set(chats.compactMap { directory.chats[$0] }.map { HandleKey($0.identifier) })
            addresses.insert(HandleKey(guid.identifier))
            if !isGroup { addresses.formUnion(members.map { HandleKey($0) }) }
        case .handle(let address, _):
            let key = HandleKey(address)
            addresses = [key]
            let direct = directory.chats.values.filter { !$0.isGroup && HandleKey($0.identifier) == key }
            chats = Set(direct.flatMap { directory.conversation(ofChat: $0.row)?.members ?? [] })
        case .group: break
        }
        self.chats = chats
        self.addresses = addresses
    }

    func holds(chat: Int64?, handle: Int64) -> Bool {
        if let chat { return chats.contains(chat) }
        guard let handle = directory.handle(handle) else { return false }
        return addresses.contains(handle.key)
    }
}
