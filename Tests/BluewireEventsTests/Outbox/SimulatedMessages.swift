//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization

/// A small fast generator; one seed gives one schedule.
///
/// The seed is mixed first: else the numbers of one seed would be those of the seed before it, but for the first.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = Self.mix(seed &+ 0xD1B5_4A32_D192_ED03) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    private static func mix(_ number: UInt64) -> UInt64 {
        var value = number
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// The journal in memory: keeps its order and what it knows, whoever dies.
final class SimulatedLog: OutboxLog {
    private struct State {
        var events: [GatewayEvent] = []
        var ids: Set<String> = []
    }
    private let state = Mutex(State())

    var head: Cursor { Cursor(epoch: "0000000a", sequence: Int64(state.withLock { $0.events.count })) }
    var events: [GatewayEvent] { state.withLock { $0.events } }

    func append(_ kind: GatewayEvent.Kind, id: String, chat: ChatID?, _ snapshot: Snapshot) {
        state.withLock { state in
            guard state.ids.insert(id).inserted else { return }
            state.events.append(
                GatewayEvent(
                    id: id, cursor: Cursor(epoch: "0000000a", sequence: Int64(state.events.count + 1)), kind: kind,
                    time: Timestamp(seconds: 0), line: SimulatedMessages.line, chat: chat, snapshot: snapshot))
        }
    }

    func append(changes: [SendPublication]) async throws {
        for change in changes {
            let send = change.send
            append(
                .sendUpdated, id: "\(send.id)/\(send.state)/\(send.attempts)/\(send.updatedAt.nanoseconds)",
                chat: change.chat, .send(send))
        }
    }

    func landings(after cursor: Cursor, limit: Int) async throws -> LandingPage? {
        state.withLock { state in
            let slice = state.events[Int(cursor.sequence)...].prefix(limit)
            let next = Cursor(epoch: cursor.epoch, sequence: cursor.sequence + Int64(slice.count))
            return LandingPage(
                events: slice.filter { $0.kind != .sendUpdated }, next: next,
                isAtHead: Int(next.sequence) == state.events.count)
        }
    }

    func withWakeUps<Result>(_ body: (AsyncStream<Void>) async throws -> Result) async rethrows -> Result {
        try await body(AsyncStream { $0.finish() })
    }
}

/// Messages itself: takes sends, makes rows now, later, twice or never, and remembers what it was handed.
final class SimulatedMessages: Transport, TargetResolving {
    static let line = LineID(rawValue: "sim")
    static let chats = [ChatID(rawValue: "ch_a"), ChatID(rawValue: "ch_self")]

    /// What happens to one hand-over.
    struct Fate {
        enum Answer { case taken, takenWithGUID, unreachable, rejected, ambiguous }
        enum Rows { case none, now, late(Duration), ghost, twice }
        var answer: Answer
        var rows: Rows
        var error = 0
    }

    struct World {
        var file = SimulatedFile()
        var waiting: [(at: Timestamp, draft: Draft, chat: ChatID, error: Int)] = []
        /// By send (the subject names it): hand-overs that may have reached the person.
        var handedOver: [String: Int] = [:]
        /// Sends no one may hand over again unless the caller asks.
        var barred: Set<String> = []
        var violations: [String] = []
        var count = 0
        var prefix = "M"

        var rows: [StoredRow] { file.rows }
    }

    let name = "simulated"
    let world = Mutex(World())
    let clock: ManualClock
    /// Chooses the next fate.
    let chooseFate: @Sendable () -> Fate
    /// Runs while a hand-over is under way.
    let meanwhile: @Sendable () async -> Void

    init(
        clock: ManualClock, chooseFate: @escaping @Sendable () -> Fate,
        meanwhile: @escaping @Sendable () async -> Void = {}
    ) {
        self.clock = clock
        self.chooseFate = chooseFate
        self.meanwhile = meanwhile
    }

    var capabilities: TransportCapabilities {
        get async { TransportCapabilities(supported: [.text, .subject, .newChat, .file, .typing]) }
    }

    func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
        guard case .send(let draft, .chat(let guid, _, _, _)) = intent, let tag = draft.subject else {
            return Acceptance()
        }
        let fate = chooseFate()
        let chat = guid.identifier == "self" ? Self.chats[1] : Self.chats[0]
        let now = clock.now
        world.withLock { world in
            if world.barred.contains(tag) { world.violations.append("\(tag) was handed over again") }
            if fate.answer != .unreachable { world.barred.insert(tag) }
            guard fate.answer != .unreachable, fate.answer != .rejected else { return }
            world.handedOver[tag, default: 0] += 1
            switch fate.rows {
            case .none: break
            case .now: world.insert(draft, chat: chat, error: fate.error, at: now)
            case .twice:
                let original = world.rows.count
                world.insert(draft, chat: chat, error: fate.error, at: now)
                world.insert(draft, chat: chat, error: 0, at: now, copying: original)
            case .late(let delay): world.waiting.append((now + delay, draft, chat, fate.error))
            case .ghost: world.insertGhost(at: now)
            }
        }
        await meanwhile()
        switch fate.answer {
        case .taken: return Acceptance()
        case .takenWithGUID:
            return Acceptance(
                message: world.withLock { world in
                    world.rows.last { $0.isFromMe && $0.tag == tag }.map { MessageID(rawValue: $0.guid) }
                })
        case .unreachable: throw .testUnreachable
        case .rejected: throw .testRejected
        case .ambiguous: throw .testAmbiguous
        }
    }

    /// Makes the rows whose time has come.
    func settleRows() {
        let now = clock.now
        world.withLock { world in
            let due = world.waiting.filter { $0.at <= now }
            world.waiting.removeAll { $0.at <= now }
            for row in due { world.insert(row.draft, chat: row.chat, error: row.error, at: now) }
        }
    }

    // MARK: The store

    func target(of recipient: Recipient, line: LineID) async throws(OutboundError) -> ResolvedTarget {
        guard case .chat(let chat) = recipient else {
            throw OutboundError(.notFound, message: "No such chat.", remedy: "None.")
        }
        let isSelf = chat == Self.chats[1]
        let address = isSelf ? "self" : "+15550001"
        return ResolvedTarget(
            target: .chat(
                guid: ChatGUID(service: "iMessage", isGroup: false, identifier: address), isGroup: false,
                channel: .iMessage, addresses: [address]), chat: chat, isSelf: isSelf)
    }

    func newestRow(line: LineID) async throws -> RowID { world.withLock { RowID(rawValue: $0.file.lastNumber) } }

    func ownRows(above row: RowID, in target: Target, line: LineID) async throws -> [OwnRow] {
        guard case .chat(let guid, _, _, _) = target else { return [] }
        let chat = guid.identifier == "self" ? Self.chats[1] : Self.chats[0]
        return world.withLock { world in
            world.rows.filter {
                $0.number > row.rawValue && $0.isFromMe && (Self.chats[$0.place] == chat || !$0.isJoined)
            }.map(\.own)
        }
    }
}

extension SimulatedMessages.World {
    /// A new row; no two of them carry quite the same date.
    mutating func add(place: Int, isFromMe: Bool, text: String, date: Timestamp) -> Int {
        count += 1
        file.lastNumber += 1
        file.rows.append(
            StoredRow(
                number: file.lastNumber, guid: "\(prefix)\(count)", place: place, isFromMe: isFromMe,
                date: date + .microseconds(count), text: text))
        return file.rows.count - 1
    }

    mutating func insert(_ draft: Draft, chat: ChatID, error: Int, at now: Timestamp, copying original: Int? = nil) {
        let place = chat == SimulatedMessages.chats[1] ? 1 : 0
        for isFromMe in place == 1 && original == nil ? [true, false] : [true] {
            let index = add(place: place, isFromMe: isFromMe, text: draft.text, date: now)
            file.rows[index].tag = draft.subject
            if isFromMe { file.rows[index].error = error }
            guard let original else { continue }
            file.rows[index].date = file.rows[original].date
            file.rows[index].truth = .copy
        }
    }

    mutating func insertGhost(at now: Timestamp) {
        let index = add(place: 0, isFromMe: true, text: "", date: now)
        file.rows[index].isJoined = false
        file.rows[index].truth = .ghost
    }
}
