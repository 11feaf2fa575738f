//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport

@testable import BluewireStore

/// The watcher over rows in memory: its state machine, parking lot, classifier and checkpoint are the real ones, and
/// the shell around them asks the same questions in the same order as the one that asks in SQL.
struct SimulatedWatcher: Sendable {
    private var machine: WatcherStateMachine
    private var waitingSince: [String: Timestamp] = [:]
    private let start: Timestamp
    private var lastSave: Timestamp

    /// A watcher that goes on from what was journalled.
    init(_ stored: SourceState?, at now: Timestamp) {
        let checkpoint = stored.flatMap { WatchCheckpoint(bytes: $0.checkpoint) }
        machine = WatcherStateMachine(state: checkpoint == nil ? [:] : stored?.marks ?? [:], checkpoint: checkpoint)
        for one in machine.checkpoint.pending { waitingSince[one.guid] = one.firstSeen }
        start = now
        lastSave = now
    }

    /// Looks once at `file` and returns what has to be committed, if anything.
    mutating func look(at file: SimulatedFile, now: Timestamp) -> SourceBatch? {
        let time = WatchTime(wall: now, monotonic: now - start)
        var observations: [Observation] = []
        var isForced = false
        if machine.needsBaseline {
            baseline(file, at: time)
            isForced = true
        } else if isOther(file) {
            relocate(file, at: time, into: &observations)
        }
        var actions = news(file, at: time)
        if actions.isEmpty, observations.isEmpty {
            let hot = machine.tiers.hot
            let result = machine.compare(file.rows(hot).map(\.watched), asked: hot, at: time)
            if result.isOtherFile { relocate(file, at: time, into: &observations) }
            actions += result.actions
        }
        if actions.isEmpty, observations.isEmpty { lookBelow(file, at: time) }
        observations += actions.compactMap { Self.observation(of: $0, in: file) }
        machine.checkpoint.lastLook = max(machine.checkpoint.lastLook, machine.steadyNow(time))
        let isOverdue = now - lastSave >= (machine.hasChanges ? WatchSession.saveInterval : WatchSession.heartbeat)
        guard isForced || isOverdue || !observations.isEmpty else { return nil }
        lastSave = now
        let changes = machine.takeChanges()
        return SourceBatch(
            observations: observations, checkpoint: changes.checkpoint, marks: changes.marks,
            replacesMarks: changes.replacesMarks)
    }

    private mutating func baseline(_ file: SimulatedFile, at time: WatchTime) {
        let last = file.rows.last.map { WatchedRow(row: $0.number, guid: $0.guid) }
        let horizon = machine.steadyNow(time) - WatchSession.window
        machine.baseline(file.rows.map(\.watched), last: last, horizon: horizon, at: time)
        machine.checkpoint.deletions = Int64(file.deletions.count)
    }

    private mutating func news(_ file: SimulatedFile, at time: WatchTime) -> [WatchAction] {
        let waiting = machine.parking.rows
        machine.refresh(file.rows(waiting).map(\.watched), asked: waiting)
        if !waitingSince.isEmpty {
            let rows = file.rows(machine.checkpoint.pending.map(\.row)).filter { waitingSince[$0.guid] != nil }
            machine.admit(rows.map(\.watched), at: time, firstSeen: waitingSince)
            waitingSince = [:]
        }
        machine.admit(file.rows.filter { $0.number > machine.checkpoint.watermark }.map(\.watched), at: time)
        var actions: [WatchAction] = []
        for (entry, arrival) in machine.release(at: time).map({ ($0, arrival(of: $0, in: file, at: time)) }) {
            actions += machine.publish(entry, arrival: arrival)
        }
        let gone = file.deletions(after: machine.checkpoint.deletions)
        machine.checkpoint.deletions = Int64(file.deletions.count)
        return actions + machine.vanished(guids: gone)
    }

    private mutating func arrival(
        of entry: ParkingLot.Entry, in file: SimulatedFile, at time: WatchTime
    ) -> Arrival {
        var evidence = machine.evidence(of: entry, at: time)
        let isFresh = evidence.date.map { evidence.now - $0 <= machine.classifier.freshness } ?? true
        guard let row = file.rows.first(where: { $0.guid == entry.row.guid }) else {
            return machine.classifier.classify(evidence)
        }
        let earlier = file.rows.filter { $0.number < row.number && $0.isJoined && $0.place == row.place }
        let like = earlier.filter { $0.isFromMe == row.isFromMe && $0.text == row.text && $0.hasBody }
        if like.contains(where: { $0.date == row.date }) {
            evidence.twin = .exact
        } else if !isFresh,
            like.contains(where: {
                abs($0.date.nanoseconds - row.date.nanoseconds) <= 2_000_000_000
                    && !machine.arrivedJustNow(row: $0.number)
            })
        {
            evidence.twin = .near
        }
        if !isFresh { evidence.newestBefore = earlier.map(\.date).max() }
        return machine.classifier.classify(evidence)
    }

    // MARK: Other files

    private func isOther(_ file: SimulatedFile) -> Bool {
        let checkpoint = machine.checkpoint
        guard checkpoint.watermark > 0 else { return false }
        if let row = file.rows.last(where: { $0.number == checkpoint.watermark }) {
            return row.guid != checkpoint.watermarkGUID
        }
        if file.lastNumber < checkpoint.watermark { return true }
        let anchors = machine.anchors(16)
        guard !anchors.isEmpty else { return false }
        let found = file.numbers
        guard anchors.contains(where: { found[$0.guid] != nil }) else {
            return !Set(anchors.map(\.guid)).isSubset(of: file.deletions(after: checkpoint.deletions))
        }
        return anchors.contains { anchor in found[anchor.guid].map { $0 != anchor.row } ?? false }
    }

    private mutating func relocate(_ file: SimulatedFile, at time: WatchTime, into observations: inout [Observation]) {
        for one in machine.parking.entries.values { waitingSince[one.row.guid] = one.firstSeen.wall }
        let since = waitingSince
        waitingSince = [:]
        let found = file.numbers.filter { machine.mark(guid: $0.key) != nil }
        let differs = machine.relocate(found: found, last: file.rows.last.map { ($0.number, $0.guid) })
        machine.checkpoint.deletions = Int64(file.deletions.count)
        let unseen = file.rows.filter { $0.date > machine.checkpoint.horizon && !machine.hasSeen(guid: $0.guid) }
        machine.admit(unseen.map(\.watched), at: time, firstSeen: since)
        if differs { observations.append(.gap(reason: "database_replaced")) }
    }

    /// Rows that a rebuild put below the watermark.
    private mutating func lookBelow(_ file: SimulatedFile, at time: WatchTime) {
        let since = machine.checkpoint.newestDate - .seconds(600)
        let unseen = file.rows.filter {
            $0.date > since && $0.number <= machine.checkpoint.watermark && !machine.hasSeen(guid: $0.guid)
        }
        machine.admit(unseen.map(\.watched), at: time)
    }

    private static func observation(of action: WatchAction, in file: SimulatedFile) -> Observation? {
        func message(_ row: WatchedRow) -> Message? { file.rows.first { $0.guid == row.guid }?.message }
        switch action {
        case .created(let row, let arrival): return message(row).map { .created($0, arrival: arrival) }
        case .updated(let row, let changed, let date, let fingerprint):
            return message(row).map {
                .updated($0, changed: changed, discriminator: date.map { .date($0) } ?? .fingerprint(fingerprint))
            }
        case .deleted(let guid, let chat):
            let place = StoredRow.guids.firstIndex { $0.rawValue == chat }
            return .deleted(MessageID(rawValue: guid), chat: place.map { SimulatedMessages.chats[$0] })
        case .tapbackAdded, .tapbackRemoved: return nil
        }
    }
}

/// The Messages database at one moment.
struct SimulatedFile: Sendable {
    /// Its rows, by ascending number.
    var rows: [StoredRow] = []
    /// `deleted_messages`: a GUID's position is its index plus one.
    var deletions: [String] = []
    /// `sqlite_sequence`: the last number given.
    var lastNumber: Int64 = 100

    var numbers: [String: Int64] { Dictionary(uniqueKeysWithValues: rows.map { ($0.guid, $0.number) }) }

    func rows(_ numbers: [Int64]) -> [StoredRow] {
        let wanted = Set(numbers)
        return rows.filter { wanted.contains($0.number) }
    }

    func deletions(after position: Int64) -> [String] {
        Array(deletions.dropFirst(Int(position))).filter { guid in !rows.contains { $0.guid == guid } }
    }
}
