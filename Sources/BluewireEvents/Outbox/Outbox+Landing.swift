//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
internal import BluewireState
internal import BluewireTransport
private import Synchronization

// Rows of the store become landings here: from the journal, and by looking while a send waits for its row.
extension Outbox {
    // MARK: From the journal

    /// Takes the next events of the journal.
    ///
    /// - Returns: whether there may be more.
    package func receiveLandings(limit: Int = 200) async throws -> Bool {
        guard let log else { return false }
        let cursor = try await landingPosition(of: log)
        guard let page = try await log.landings(after: cursor, limit: limit) else {
            // Pruned, or another journal: rows of open sends are found by looking.
            try await storeLandingCursor(log.head)
            try await searchAll()
            return true
        }
        guard page.next != cursor else { return false }
        if try await concernsSends(page.events) {
            try configuration.crashHook(.beforeLanding)
            let now = clock.now
            try await store.write { [matcher, configuration] tx in
                for event in page.events {
                    try Self.match(event, matcher: matcher, timing: configuration.timing, now: now, in: tx)
                }
                try tx.putLandingCursor(page.next, at: now)
            }
            try configuration.crashHook(.afterLanding)
            noteLanded(page.next, unstored: 0)
            publishBell.ring()
            dispatchBell.ring()
        } else {
            // Nothing to store: reading these events again changes nothing, so their position can wait for the disk.
            let unstored = state.withLock { $0.unstoredEvents } + max(1, page.events.count)
            if unstored >= 1000 {
                try await storeLandingCursor(page.next)
            } else {
                noteLanded(page.next, unstored: unstored)
            }
        }
        return !page.isAtHead
    }

    private func noteLanded(_ cursor: Cursor, unstored: Int) {
        state.withLock {
            $0.landed = cursor
            $0.unstoredEvents = unstored
        }
        gate.advance(to: cursor)
    }

    private func storeLandingCursor(_ cursor: Cursor) async throws {
        let now = clock.now
        try await store.write { try $0.putLandingCursor(cursor, at: now) }
        noteLanded(cursor, unstored: 0)
    }

    private func landingPosition(of log: any OutboxLog) async throws -> Cursor {
        if let landed = state.withLock({ $0.landed }) { return landed }
        if let stored = try await store.read({ try $0.landingCursor() }) {
            noteLanded(stored, unstored: 0)
            return stored
        }
        let head = log.head
        try await storeLandingCursor(head)
        return head
    }

    /// Whether any of the events can change a send or the ledger; spares the disk when nobody sends.
    private func concernsSends(_ events: [GatewayEvent]) async throws -> Bool {
        guard !events.isEmpty else { return false }
        return try await store.read { [matcher] tx in
            if try tx.openRecords().contains(where: { SendStateMachine($0.progress).isAwaitingRows }) { return true }
            for event in events {
                guard case .message(let row, _, _) = event.snapshot else { continue }
                if row.isFromMe {
                    if try tx.claim(of: row.id) != nil { return true }
                } else if try !Self.selfRecords(around: row, matcher: matcher, in: tx).isEmpty {
                    return true
                }
            }
            return false
        }
    }

    private static func match(
        _ event: GatewayEvent, matcher: RowMatcher, timing: SendStateMachine.Timing, now: Timestamp,
        in tx: any SendTransaction
    ) throws {
        switch event.snapshot {
        case .message(_, _, .backfill), .message(_, _, .duplicate), .tapback(_, .backfill?): return
        case .message(let row, _, _):
            if row.isFromMe {
                try match(row, matcher: matcher, timing: timing, now: now, in: tx)
            } else {
                try mirror(row, matcher: matcher, in: tx)
            }
        case .tapback(let tapback, _):
            let isRemoval = event.kind == .tapbackRemoved
            guard
                let record = try tx.openRecords().first(where: {
                    $0.line == event.line && matcher.isTapback(tapback, isRemoval: isRemoval, of: $0)
                })
            else { return }
            try land(record, tapback.id, pieces: [0], timing: timing, now: now, in: tx)
        default: return
        }
    }

    /// An own row: a change of a row that is claimed, or the row of the oldest open send it fits.
    private static func match(
        _ row: Message, matcher: RowMatcher, timing: SendStateMachine.Timing, now: Timestamp,
        isInPlaceFor: SendID? = nil,
        in tx: any SendTransaction
    ) throws {
        let claim = try tx.claim(of: row.id)
        if let claim, claim.direction == .outgoing, var record = try tx.record(claim.send),
            claim.attempt == record.progress.attempts
        {
            record.chat = record.chat ?? row.chat
            try apply(to: record, timing: timing, now: now, in: tx) {
                $0.observed(
                    SendRow(message: row.id, pieces: claim.pieces, status: row.status, errorCode: row.errorCode),
                    now: now)
            }
        }
        for var record in try tx.openRecords() {
            let isChange = record.progress.pieces == [.change]
            guard isChange || claim == nil else { continue }
            let pieces = matcher.pieces(of: record, in: row, isInPlace: record.id == isInPlaceFor)
            guard !pieces.isEmpty else { continue }
            if isChange {
                // The row was claimed by the send that made it; its own errors and receipts are not this send's.
                try apply(to: record, timing: timing, now: now, in: tx) {
                    $0.observed(SendRow(message: row.id, pieces: pieces, status: nil, errorCode: 0), now: now)
                }
                continue
            }
            try tx.putClaim(
                SendClaim(
                    message: row.id, send: record.id, attempt: record.progress.attempts, direction: .outgoing,
                    pieces: pieces))
            // A first message is the first to know its chat by the row.
            record.chat = record.chat ?? row.chat
            try apply(to: record, timing: timing, now: now, in: tx) {
                $0.observed(
                    SendRow(message: row.id, pieces: pieces, status: row.status, errorCode: row.errorCode), now: now)
            }
            return
        }
    }

    private static func land(
        _ record: SendRecord, _ row: MessageID, pieces: [Int], timing: SendStateMachine.Timing, now: Timestamp,
        in tx: any SendTransaction
    ) throws {
        guard try tx.claim(of: row) == nil else { return }
        try tx.putClaim(
            SendClaim(
                message: row, send: record.id, attempt: record.progress.attempts, direction: .outgoing, pieces: pieces))
        try apply(to: record, timing: timing, now: now, in: tx) {
            $0.observed(SendRow(message: row, pieces: pieces, status: nil, errorCode: 0), now: now)
        }
    }

    /// An incoming row: in a proven self-chat it may be the mirror of a send.
    ///
    /// It never makes the send land.
    private static func mirror(_ row: Message, matcher: RowMatcher, in tx: any SendTransaction) throws {
        guard try tx.claim(of: row.id) == nil else { return }
        for record in try selfRecords(around: row, matcher: matcher, in: tx) {
            let mirrored = try tx.claims(of: record.id).filter {
                $0.direction == .incoming && $0.attempt == record.progress.attempts
            }
            let pieces = matcher.mirroredPieces(of: record, in: row, claimed: Set(mirrored.flatMap(\.pieces)))
            guard !pieces.isEmpty else { continue }
            return try tx.putClaim(
                SendClaim(
                    message: row.id, send: record.id, attempt: record.progress.attempts, direction: .incoming,
                    pieces: pieces))
        }
    }

    private static func selfRecords(
        around row: Message, matcher: RowMatcher, in tx: any SendTransaction
    ) throws -> [SendRecord] {
        try tx.selfRecords(dispatchedFrom: row.sentAt - matcher.window, to: row.sentAt + matcher.slack)
    }

    // MARK: By looking

    /// Looks into the store for the rows of every send that is due for a look.
    package func searchDue() async throws {
        let now = clock.now
        let open = try await store.read { try $0.openRecords() }
        let searching = open.filter { SendStateMachine($0.progress, timing: configuration.timing).isSearching(at: now) }
        let due = state.withLock { state in
            state.searches = state.searches.filter { id, _ in searching.contains { $0.id == id } }
            return searching.filter { record in
                guard let search = state.searches[record.id] else { return true }
                return search.next <= now || search.next > now + .seconds(10)
            }
        }
        for record in due {
            try await search(for: record)
            let first = configuration.searchPause
            state.withLock { state in
                let pause = state.searches[record.id].map { min($0.pause * 2, .seconds(5)) } ?? first
                state.searches[record.id] = (now + pause, pause)
            }
        }
    }

    /// Looks for every open send once, also for those that are no longer looked for actively.
    func searchAll() async throws {
        let open = try await store.read { try $0.openRecords() }
        for record in open where SendStateMachine(record.progress).isAwaitingRows { try await search(for: record) }
    }

    private func search(for record: SendRecord) async throws {
        guard let floor = record.progress.floor else { return }
        let rows: [OwnRow]
        do {
            let recipient = record.chat.map(Recipient.chat) ?? record.recipient
            let target = try await resolver.target(of: recipient, line: record.line)
            rows = try await resolver.ownRows(above: floor, in: target.target, line: record.line)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // The store cannot be read now; the send stays what it is and the next look may succeed.
            return
        }
        guard !rows.isEmpty else { return }
        try configuration.crashHook(.beforeLanding)
        let now = clock.now
        try await store.write { [matcher, configuration] tx in
            for row in rows where !Self.isEmpty(row) {
                try Self.match(
                    row.message, matcher: matcher, timing: configuration.timing, now: now, isInPlaceFor: record.id,
                    in: tx)
            }
            try Self.bury(record.id, rows: rows, configuration: configuration, now: now, in: tx)
        }
        try configuration.crashHook(.afterLanding)
        publishBell.ring()
        dispatchBell.ring()
    }

    /// Fails a send whose only trace is a ghost old enough to be one.
    private static func bury(
        _ id: SendID, rows: [OwnRow], configuration: Configuration, now: Timestamp, in tx: any SendTransaction
    ) throws {
        guard
            let record = try tx.record(id), SendStateMachine(record.progress).isAwaitingRows,
            record.progress.pieces != [.change], record.progress.pieces != [.groupEvent],
            let dispatchedAt = record.progress.dispatchedAt, let floor = record.progress.floor,
            now >= (record.progress.acceptedAt ?? dispatchedAt) + configuration.ghostAge
        else { return }
        for row in rows
        where isEmpty(row) && row.message.row > floor && row.message.sentAt >= dispatchedAt - .seconds(10) {
            guard try tx.claim(of: row.message.id) == nil else { continue }
            try tx.putClaim(
                SendClaim(
                    message: row.message.id, send: id, attempt: record.progress.attempts, direction: .outgoing,
                    pieces: []))
            try apply(to: record, timing: configuration.timing, now: now, in: tx) { $0.ghost(row.message.id) }
            return
        }
    }

    /// A row with neither chat nor content; rows about a group have no content by nature.
    private static func isEmpty(_ row: OwnRow) -> Bool {
        !row.isJoined && row.message.event == nil && row.message.attachments.isEmpty
            && NormalisedText(row.message.body.string).rawValue.isEmpty
    }
}

extension Outbox: EchoChecking {
    package func origin(of message: MessageID, upTo cursor: Cursor) async throws -> SendID? {
        if log != nil { try await gate.wait(for: cursor) }
        return try await store.read { try $0.claim(of: message)?.send }
    }
}
