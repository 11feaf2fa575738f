//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The watcher's decisions over raw rows: what is new, what changed, what is gone.
///
/// Pure: it is fed rows and times and returns actions; its shell does the SQL.
///
/// Everything is judged by GUID. Row numbers only say where to look: they change when a file is rebuilt.
struct WatcherStateMachine: Sendable {
    /// What is stored with the next batch.
    var checkpoint: WatchCheckpoint
    var parking = ParkingLot()
    var classifier = ArrivalClassifier()
    private(set) var marks: [Int64: RowMark] = [:]
    private(set) var ledger = TapbackLedger()
    private(set) var tiers = FingerprintTiers()

    private var keysByRow: [Int64: Int64] = [:]
    private var changedMarks: Set<Int64> = []
    private var replacesMarks = false
    private var clock = SteadyClock()
    /// Rows admitted within the last seconds that are dated long before they came.
    private var oldArrivals: [(row: WatchedRow, at: Duration, isFlagged: Bool)] = []

    /// Continues where `state` ended; nil is a first start.
    ///
    /// Waiting rows have to be ``admit(_:at:)``ted again.
    init(state: [Int64: [UInt8]], checkpoint stored: WatchCheckpoint?) {
        checkpoint = stored ?? WatchCheckpoint()
        guard checkpoint.fingerprintVersion == RowFingerprint.version else { return }
        var tapbacks: [StoredTapback] = []
        for (key, bytes) in state {
            guard let mark = RowMark(bytes: bytes) else { continue }
            insert(mark, key: key)
            if mark.state == .known, let tapback = mark.tapback { tapbacks.append(tapback) }
        }
        for tapback in tapbacks.sorted(by: { ($0.date, $0.guid) < ($1.date, $1.guid) }) { _ = ledger.add(tapback) }
        changedMarks = []
    }

    /// Whether fingerprints have to be taken without reporting anything: a first start, or another version of them.
    var needsBaseline: Bool {
        !checkpoint.isBaselined || checkpoint.fingerprintVersion != RowFingerprint.version
    }

    /// The best estimate of the time of day.
    mutating func steadyNow(_ time: WatchTime) -> Timestamp { clock.now(time) }

    func mark(guid: String) -> RowMark? { marks[RowMark.key(of: guid)] }

    /// Whether a message of that GUID was seen, emitted or not.
    func hasSeen(guid: String) -> Bool { marks[RowMark.key(of: guid)] != nil || parking.contains(guid: guid) }

    // MARK: New rows

    /// Takes the rows found above the watermark (or below it, after a rebuild), in row order.
    ///
    /// - Parameter firstSeen: when rows that waited before a restart were first seen.
    mutating func admit(_ rows: [WatchedRow], at time: WatchTime, firstSeen: [String: Timestamp] = [:]) {
        let now = clock.now(time)
        oldArrivals.removeAll { time.monotonic - $0.at > .seconds(5) }
        for row in rows {
            if row.row > checkpoint.watermark {
                checkpoint.watermark = row.row
                checkpoint.watermarkGUID = row.guid
            }
            let key = RowMark.key(of: row.guid)
            if let known = marks[key] {
                move(known, key: key, to: row.row)
                continue
            }
            let seen = firstSeen[row.guid].map { time.moment(of: $0) } ?? time
            let lastLook = firstSeen[row.guid].map { lookBefore(row.guid, seenAt: $0) } ?? checkpoint.lastLook
            let isOld = row.date.map { $0 <= lastLook && now - $0 > classifier.freshness } ?? false
            parking.put(ParkingLot.Entry(row: row, firstSeen: seen, lastLook: lastLook, isOld: isOld))
            if isOld {
                let flagged = classifier.bearsSignOfRestore(evidence(of: row, lastLook: lastLook, now: now))
                // A replaced file offers rows again that wait already; each counts once.
                oldArrivals.removeAll { $0.row.guid == row.guid }
                oldArrivals.append((row, time.monotonic, flagged))
            }
        }
    }

    /// When the database was last looked at before a row that waited, across a restart or in another file, was first
    /// seen.
    private func lookBefore(_ guid: String, seenAt: Timestamp) -> Timestamp {
        min(checkpoint.pending.first { $0.guid == guid }?.lastLook ?? seenAt, checkpoint.lastLook)
    }

    /// Refreshes the rows that wait: `rows` is what there is today of the rows `asked` for.
    mutating func refresh(_ rows: [WatchedRow], asked: [Int64]) {
        let found = Set(rows.map(\.row))
        for row in rows { parking.refresh(row) }
        for row in asked where !found.contains(row) { parking.remove(row: row) }
    }

    /// The rows that are to be reported now, in row order; each has to be given to ``publish(_:arrival:)``.
    mutating func release(at time: WatchTime) -> [ParkingLot.Entry] {
        let (ready, orphans) = parking.release(at: time)
        for entry in orphans { insert(RowMark(entry.row, state: .orphan)) }
        return ready
    }

    /// What the row itself and the rows that came with it say about its arrival.
    mutating func evidence(of entry: ParkingLot.Entry, at time: WatchTime) -> ArrivalClassifier.Evidence {
        var evidence = evidence(of: entry.row, lastLook: entry.lastLook, now: clock.now(time))
        let unflagged = oldArrivals.lazy.filter { !$0.isFlagged }
        evidence.burst = unflagged.count
        let limit = evidence.now - classifier.lateness
        evidence.burstHoldsHistory = unflagged.contains { $0.row.isFromMe || ($0.row.date ?? limit) < limit }
        return evidence
    }

    /// Whether the row came together with the ones that are looked at now.
    func arrivedJustNow(row: Int64) -> Bool {
        oldArrivals.contains { $0.row.row == row } || parking.entries[row] != nil
    }

    /// Reports a released row as what it is.
    mutating func publish(_ entry: ParkingLot.Entry, arrival: Arrival) -> [WatchAction] {
        let row = entry.row
        if row.isScheduled {
            insert(RowMark(row, state: .scheduled))
            return []
        }
        if let date = row.date, date <= clockLimit(entry) { checkpoint.newestDate = max(checkpoint.newestDate, date) }
        insert(RowMark(row, state: .known))
        guard row.isTapback, let tapback = StoredTapback(row) else { return [.created(row, arrival)] }
        if row.associatedType >= 3000 {
            // A removal of which nothing is known is still reported, under its own name.
            let removed = ledger.remove(matching: tapback) ?? tapback
            return [.tapbackRemoved(removed, chat: row.chat)]
        }
        var actions: [WatchAction] = ledger.add(tapback).map { .tapbackRemoved($0, chat: row.chat) }
        actions.append(.tapbackAdded(tapback, chat: row.chat, arrival))
        return actions
    }

    // MARK: Known rows

    /// What a comparison of known rows with the database found.
    struct Comparison: Sendable {
        var actions: [WatchAction] = []
        /// Rows that lost their chat: in Recently Deleted, or on their way to another chat.
        var withoutChat: [WatchedRow] = []
        /// A row number leads to another message than before: this is another file.
        var isOtherFile = false
    }

    /// Compares the rows `asked` for with what is known of them.
    mutating func compare(_ rows: [WatchedRow], asked: [Int64], at time: WatchTime) -> Comparison {
        var result = Comparison()
        var found: Set<Int64> = []
        for row in rows {
            guard let key = keysByRow[row.row], let mark = marks[key] else { continue }
            guard mark.guid == row.guid else {
                result.isOtherFile = true
                return result
            }
            found.insert(row.row)
            compare(row, with: mark, key: key, at: time, into: &result)
        }
        for number in asked where !found.contains(number) {
            guard let key = keysByRow[number], let mark = marks[key] else { continue }
            result.actions += vanish(mark, key: key, isInFile: false)
        }
        return result
    }

    private mutating func compare(
        _ row: WatchedRow, with mark: RowMark, key: Int64, at time: WatchTime, into result: inout Comparison
    ) {
        switch mark.state {
        case .scheduled:
            if row.isScheduled {
                if RowFingerprint(row) != mark.fingerprint { insert(RowMark(row, state: .scheduled), key: key) }
            } else if row.chat != nil {
                let entry = ParkingLot.Entry(row: row, firstSeen: time, lastLook: checkpoint.lastLook, isOld: false)
                result.actions += publish(entry, arrival: .new)
            }
        case .orphan:
            guard row.chat != nil else { return }
            forget(key)
            admit([row], at: time)
        case .deleted:
            guard row.chat != nil else { return }
            insert(RowMark(row, state: .known), key: key)
            guard !row.isTapback else { return }
            result.actions.append(update(of: row, changed: ["recovered"], groups: []))
        case .known:
            if row.chat == nil, mark.chat != nil {
                result.withoutChat.append(row)
                return
            }
            let groups = mark.fingerprint.changes(to: RowFingerprint(row))
            guard !groups.isEmpty || mark.isUnfinished != row.isUnfinished else { return }
            insert(RowMark(row, state: .known), key: key)
            guard !row.isTapback, !groups.isEmpty else { return }
            result.actions.append(update(of: row, changed: RowFingerprint.names(of: groups, in: row), groups: groups))
        }
    }

    private func update(of row: WatchedRow, changed: [String], groups: [RowFingerprint.Group]) -> WatchAction {
        .updated(
            row, changed: changed, date: ContentDecoder().timestamp(RowFingerprint.date(of: groups, in: row)),
            fingerprint: RowFingerprint(row).combined
        )
    }

    /// Takes GUIDs whose rows vanished (`deleted_messages`).
    mutating func vanished(guids: [String]) -> [WatchAction] {
        guids.flatMap { guid -> [WatchAction] in
            let key = RowMark.key(of: guid)
            if let mark = marks[key] { return vanish(mark, key: key, isInFile: false) }
            if let entry = parking.entries.values.first(where: { $0.row.guid == guid }) {
                parking.remove(row: entry.row.row)
                return []
            }
            return [.deleted(guid: guid, chat: nil)]
        }
    }

    /// Takes GUIDs that were moved to Recently Deleted: the row stays.
    mutating func recentlyDeleted(guids: [(guid: String, chat: String?)]) -> [WatchAction] {
        guids.flatMap { one -> [WatchAction] in
            let key = RowMark.key(of: one.guid)
            guard let mark = marks[key] else { return [.deleted(guid: one.guid, chat: one.chat)] }
            return vanish(mark, key: key, isInFile: true)
        }
    }

    private mutating func vanish(_ mark: RowMark, key: Int64, isInFile: Bool) -> [WatchAction] {
        var gone = mark
        gone.state = .deleted
        gone.isUnfinished = false
        if !isInFile { gone.row = 0 }
        insert(gone, key: key)
        guard mark.state == .known else { return [] }
        if mark.isTapback {
            return ledger.remove(guid: mark.guid).map { [.tapbackRemoved($0, chat: mark.chat)] } ?? []
        }
        return [.deleted(guid: mark.guid, chat: mark.chat)]
    }

    // MARK: Baseline, rebuilt files, housekeeping

    /// Takes history as it stands without reporting it.
    ///
    /// Rows above the watermark of an earlier run are left for ``admit(_:at:)``.
    mutating func baseline(_ rows: [WatchedRow], last: WatchedRow?, horizon: Timestamp, at time: WatchTime) {
        marks = [:]
        keysByRow = [:]
        ledger = TapbackLedger()
        tiers = FingerprintTiers()
        replacesMarks = true
        if !checkpoint.isBaselined {
            checkpoint.watermark = last?.row ?? 0
            checkpoint.watermarkGUID = last?.guid ?? ""
            checkpoint.lastLook = clock.now(time)
            checkpoint.newestDate = rows.compactMap { $0.isScheduled ? nil : $0.date }.max() ?? checkpoint.newestDate
        }
        let waiting = Set(checkpoint.pending.map(\.guid))
        for row in rows where row.row <= checkpoint.watermark && !waiting.contains(row.guid) {
            let state: RowMark.State = row.isScheduled ? .scheduled : row.chat == nil ? .orphan : .known
            insert(RowMark(row, state: state))
            if state == .known, row.associatedType < 3000, let tapback = StoredTapback(row) { _ = ledger.add(tapback) }
        }
        checkpoint.horizon = horizon
        checkpoint.isBaselined = true
        checkpoint.fingerprintVersion = RowFingerprint.version
    }

    /// Follows the rows into another file: `found` says which number each known GUID has there.
    ///
    /// - Returns: whether rows moved or are missing, so that readers may have missed something.
    mutating func relocate(found: [String: Int64], last: (row: Int64, guid: String)?) -> Bool {
        keysByRow = [:]
        tiers = FingerprintTiers()
        checkpoint.pending += waitingRows
        parking.removeAll()
        var differs = false
        for (key, mark) in marks {
            let number = found[mark.guid] ?? 0
            if number != mark.row { differs = true }
            var moved = mark
            moved.row = number
            insert(moved, key: key)
        }
        checkpoint.watermark = last?.row ?? 0
        checkpoint.watermarkGUID = last?.guid ?? ""
        return differs
    }

    /// GUIDs of every mark: what a rebuilt file is searched for.
    var knownGUIDs: [String] { marks.values.map(\.guid) }

    /// The newest rows known by number, to tell files apart.
    func anchors(_ count: Int) -> [(row: Int64, guid: String)] {
        tiers.newest(count).compactMap { row in
            keysByRow[row].flatMap { marks[$0] }.map { (row, $0.guid) }
        }
    }

    /// Forgets marks that no tier looks at any more.
    mutating func prune(before limit: Timestamp) {
        let kept = Set(tiers.newest(FingerprintTiers.hotSize))
        for (key, mark) in marks where mark.date < limit && mark.state != .scheduled && !kept.contains(mark.row) {
            forget(key)
            ledger.remove(guid: mark.guid)
        }
        checkpoint.horizon = max(checkpoint.horizon, limit)
    }

    private var waitingRows: [WatchCheckpoint.PendingRow] {
        parking.rows.compactMap { number in
            parking.entries[number].map {
                WatchCheckpoint.PendingRow(
                    row: number, guid: $0.row.guid, firstSeen: $0.firstSeen.wall, lastLook: $0.lastLook)
            }
        }
    }

    /// What has to be stored with the next batch.
    mutating func takeChanges() -> (checkpoint: [UInt8], marks: [Int64: [UInt8]?], replacesMarks: Bool) {
        checkpoint.pending = waitingRows
        var changes: [Int64: [UInt8]?] = [:]
        for key in changedMarks { changes.updateValue(marks[key]?.bytes, forKey: key) }
        changedMarks = []
        defer { replacesMarks = false }
        return (checkpoint.bytes, changes, replacesMarks)
    }

    /// Whether marks changed that are not stored yet.
    var hasChanges: Bool { !changedMarks.isEmpty || replacesMarks }

    /// The next rows of the warm tier; nil when the pass is complete.
    mutating func nextWarmSlice() -> [Int64]? { tiers.nextSlice() }

    /// Starts another pass over the warm tier.
    mutating func startWarmPass() { tiers.startPass() }

    private mutating func insert(_ mark: RowMark, key known: Int64? = nil) {
        let key = known ?? RowMark.key(of: mark.guid)
        if let old = marks[key], old.row != mark.row, keysByRow[old.row] == key {
            keysByRow[old.row] = nil
            tiers.remove(row: old.row)
        }
        marks[key] = mark
        changedMarks.insert(key)
        guard mark.row > 0 else { return }
        keysByRow[mark.row] = key
        tiers.put(row: mark.row, isUnfinished: mark.isUnfinished || mark.state == .orphan)
    }

    private mutating func forget(_ key: Int64) {
        guard let mark = marks.removeValue(forKey: key) else { return }
        changedMarks.insert(key)
        guard keysByRow[mark.row] == key else { return }
        keysByRow[mark.row] = nil
        tiers.remove(row: mark.row)
    }

    private mutating func move(_ mark: RowMark, key: Int64, to row: Int64) {
        guard mark.row != row else { return }
        var moved = mark
        moved.row = row
        insert(moved, key: key)
    }

    private func evidence(of row: WatchedRow, lastLook: Timestamp, now: Timestamp) -> ArrivalClassifier.Evidence {
        var evidence = ArrivalClassifier.Evidence(date: row.date, now: now, lastLook: lastLook)
        evidence.isFromMe = row.isFromMe
        evidence.isRead = row.isRead
        evidence.readAt = ContentDecoder().timestamp(row.dateRead)
        evidence.cloudState = Int(row.cloudState)
        return evidence
    }

    /// Dates beyond tomorrow are bogus and must not move the date watermark.
    private func clockLimit(_ entry: ParkingLot.Entry) -> Timestamp {
        max(entry.firstSeen.wall, entry.lastLook) + .seconds(24 * 3600)
    }
}
