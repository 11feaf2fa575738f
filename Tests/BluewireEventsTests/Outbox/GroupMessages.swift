//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireTesting
import BluewireTransport
import Synchronization

/// Messages with groups: changes them, makes their rows at once, late or never, and finds them again.
final class GroupMessages: Transport, TargetResolving {
    static let line = LineID(rawValue: "sim")

    /// What becomes of the row of the next hand-over.
    enum Rows { case now, never }

    struct Group {
        var id: ChatID
        var name: String?
        var people: [String]
        var channel = Channel.iMessage

        var guid: ChatGUID { ChatGUID(service: "any", isGroup: true, identifier: id.rawValue) }
    }

    struct World {
        var groups: [Group]
        var rows: [OwnRow] = []
        var intents: [Intent] = []
        var fate: Rows = .now
    }

    let name = "groups"
    let clock: ManualClock
    private let world: Mutex<World>

    init(clock: ManualClock, groups: [Group]) {
        self.clock = clock
        world = Mutex(World(groups: groups))
    }

    var intents: [Intent] { world.withLock { $0.intents } }
    var rows: [OwnRow] { world.withLock { $0.rows } }

    func rows(_ fate: Rows) { world.withLock { $0.fate = fate } }

    var capabilities: TransportCapabilities {
        get async { TransportCapabilities(supported: Set(Capability.all).subtracting([.choices])) }
    }

    func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
        let now = clock.now
        world.withLock { world in
            world.intents.append(intent)
            switch intent {
            case .chat(let change, .chat(let guid, _, _, _)): world.change(guid, change, at: now)
            case .send(let draft, .group(let addresses, let name)):
                let id = ChatID(rawValue: "ch_new\(world.groups.count)")
                world.groups.append(Group(id: id, name: name, people: addresses))
                world.insert(in: id, at: now) { $0.body = MessageBody(text: draft.text) }
            case .send(let draft, .chat(let guid, _, _, _)):
                world.insert(in: ChatID(rawValue: guid.identifier), at: now) { $0.body = MessageBody(text: draft.text) }
            default: break
            }
        }
        return Acceptance()
    }

    func target(of recipient: Recipient, line: LineID) async throws(OutboundError) -> ResolvedTarget {
        let groups = world.withLock { $0.groups }
        let found =
            switch recipient {
            case .chat(let id): groups.first { $0.id == id }
            case .group(let people, _): groups.first { Set($0.people) == Set(people) }
            case .handle: nil as Group?
            }
        if let found {
            return ResolvedTarget(
                target: .chat(guid: found.guid, isGroup: true, channel: found.channel, addresses: found.people),
                chat: found.id, isSelf: false)
        }
        switch recipient {
        case .group(let people, let name):
            return ResolvedTarget(target: .group(addresses: people, name: name), chat: nil, isSelf: false)
        case .handle(let address):
            return ResolvedTarget(target: .handle(address: address, channel: .iMessage), chat: nil, isSelf: false)
        case .chat(let id):
            return ResolvedTarget(
                target: .chat(
                    guid: ChatGUID(rawValue: "any;-;+15550001"), isGroup: false, channel: .iMessage,
                    addresses: ["+15550001"]), chat: id, isSelf: false)
        }
    }

    func newestRow(line: LineID) async throws -> RowID { RowID(rawValue: world.withLock { Int64($0.rows.count) }) }

    func ownRows(above row: RowID, in target: Target, line: LineID) async throws -> [OwnRow] {
        guard case .chat(let guid, _, _, _) = target else { return [] }
        return rows.filter { $0.message.row > row && $0.message.chatGUID == guid }
    }
}

extension GroupMessages.World {
    mutating func change(_ guid: ChatGUID, _ change: ChatChange, at now: Timestamp) {
        let event: GroupEvent
        switch change {
        case .rename(let name): event = GroupEvent(kind: .renamed, title: name.isEmpty ? nil : name)
        case .icon(let path): event = GroupEvent(kind: path == nil ? .photoRemoved : .photoSet)
        case .addParticipant(let address):
            event = GroupEvent(kind: .participantAdded, subject: Handle(address: address, channel: .iMessage))
        case .removeParticipant(let address):
            event = GroupEvent(kind: .participantRemoved, subject: Handle(address: address, channel: .iMessage))
        case .leave: event = GroupEvent(kind: .participantLeft)
        }
        insert(in: ChatID(rawValue: guid.identifier), at: now) {
            $0.kind = .event
            $0.event = event
        }
    }

    mutating func insert(in chat: ChatID, at now: Timestamp, _ fill: (inout Message) -> Void) {
        guard fate == .now else { return }
        let row = RowID(rawValue: Int64(rows.count + 1))
        var message = Message(
            id: MessageID(rawValue: "R\(row.rawValue)"), row: row, line: GroupMessages.line, isFromMe: true,
            sentAt: now)
        message.chat = chat
        message.chatGUID = ChatGUID(service: "any", isGroup: true, identifier: chat.rawValue)
        fill(&message)
        rows.append(OwnRow(message: message, isJoined: true))
    }
}
