//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport
import GRDB

/// Carries the state machine over files that come, go and are replaced: opens, looks, and makes batches.
///
/// It knows no threads and waits for nothing: ``WatchLoop`` drives it, and tests do. A step that throws has left the
/// state machine undefined; the source is then started again from what was committed.
final class WatchSession {
    /// How much a look may take at once; what is left follows in the next step.
    static let rowsPerLook = 500
    /// Least time between two passes of the warm tier's slices.
    static let warmInterval: Duration = .seconds(1)
    /// Least time between two comparisons of the hot tier, so that bursts of new rows come first.
    static let hotInterval: Duration = .milliseconds(50)
    /// How long marks that changed without anything to report may stay unsaved.
    static let saveInterval: Duration = .seconds(1)
    /// How often the position is saved when nothing happens.
    static let heartbeat: Duration = .seconds(60)
    /// How far back the warm tier reaches.
    static let window: Duration = .seconds(7 * 24 * 3600)

    /// Set when the files have to be compared with the ones that are open.
    var checkFiles = true
    var machine: WatcherStateMachine
    var chats: ChatTracker
    let configuration: ChatDatabaseSource.Configuration
    /// Why the database cannot be read, if it cannot.
    private(set) var trouble: String?

    /// How long to wait before opening a database again that could not be opened.
    private(set) var retryPause: Duration = .seconds(1)
    /// Whether the last step left something that it found.
    private(set) var hasMore = false
    /// Whether the last step found that somebody had committed since the one before.
    private(set) var sawChange = false

    private var connection: WatchConnection?
    private var lastVersion: Int64?
    private var lastFailedFiles: DatabaseFiles?
    private var waitingSince: [String: Timestamp] = [:]
    /// When a waiting row leaves the parking lot although nothing happens.
    private var parkingDue: Duration?
    private var isHotDue = false
    private var isWarmDirty = false
    private var nextHot: Duration = .zero
    private var nextWarm: Duration = .zero
    private var lastSave: Duration = .zero
    private var nextPrune: Duration = .seconds(600)

    init(_ configuration: ChatDatabaseSource.Configuration, state: SourceState?) {
        self.configuration = configuration
        let marks = state?.marks ?? [:]
        let checkpoint = state.flatMap { WatchCheckpoint(bytes: $0.checkpoint) }
        machine = WatcherStateMachine(state: checkpoint == nil ? [:] : marks, checkpoint: checkpoint)
        chats = ChatTracker(marks: checkpoint == nil ? [:] : marks)
        for one in machine.checkpoint.pending { waitingSince[one.guid] = one.firstSeen }
    }

    var isOpen: Bool { connection != nil }
    var isWatching: Bool { isOpen && machine.checkpoint.isBaselined }

    func parkedCount(at time: WatchTime) -> Int { machine.parking.parkedCount(at: time) }

    func close() {
        connection?.close()
        connection = nil
    }

    /// When a step is due without any event.
    func nextDeadline(after time: WatchTime) -> Duration? {
        guard isOpen else { return nil }
        if hasMore { return .zero }
        var due: [Duration] = []
        if isHotDue { due.append(nextHot - time.monotonic) }
        if isWarmDirty { due.append(nextWarm - time.monotonic) }
        if let parkingDue { due.append(parkingDue - time.monotonic) }
        return due.min()
    }

    /// Looks once and returns what has to be committed, if anything.
    func step(at time: WatchTime, arm: () -> Void) throws -> SourceBatch? {
        if checkFiles {
            checkFiles = false
            try compareFiles(arm: arm)
        }
        if connection == nil, let batch = open(at: time, arm: arm) { return batch }
        guard let connection else { return nil }
        var look = WatchLook()
        do {
            try connection.read { db in try take(connection, db, at: time, into: &look) }
        } catch is LostFile {
            // The file went away under us; the next step opens what lies there then.
            lose()
            return nil
        }
        machine.checkpoint.lastLook = max(machine.checkpoint.lastLook, machine.steadyNow(time))
        return finish(look, at: time)
    }

    /// Everything of one step that is read, in one transaction.
    private func take(
        _ connection: WatchConnection, _ db: Database, at time: WatchTime, into look: inout WatchLook
    ) throws {
        guard let version = try? connection.dataVersion(in: db) else { throw LostFile() }
        sawChange = version != lastVersion
        if sawChange {
            isHotDue = true
            if !isWarmDirty { nextWarm = max(nextWarm, time.monotonic + .milliseconds(200)) }
            isWarmDirty = true
            machine.startWarmPass()
        }
        let isDue = parkingDue.map { time.monotonic >= $0 } ?? false
        if sawChange || hasMore || isDue || machine.needsBaseline || !waitingSince.isEmpty {
            try lookForNews(connection, db, at: time, into: &look)
            parkingDue = machine.parking.nextDeadline(after: time).map { time.monotonic + $0 }
        }
        if look.isEmpty, isHotDue, time.monotonic >= nextHot {
            isHotDue = false
            nextHot = time.monotonic + Self.hotInterval
            try compare(machine.tiers.hot, connection, db, at: time, into: &look)
        }
        if look.isEmpty, isWarmDirty, time.monotonic >= nextWarm {
            nextWarm = time.monotonic + Self.warmInterval
            try lookAround(connection, db, at: time, into: &look)
        }
        lastVersion = version
    }

    /// The open file cannot be read any more.
    private struct LostFile: Error {}

    // MARK: Files

    private func compareFiles(arm: () -> Void) throws {
        guard let connection else { return }
        let files = DatabaseFiles(path: configuration.place.path)
        if files == connection.files, (try? connection.hasSameSchema()) == true {
            return
        }
        arm()
        close()
        lastVersion = nil
    }

    private func lose() {
        close()
        lastVersion = nil
        checkFiles = true
    }

    /// Opens the file at the path; a batch says that the line went down or came up.
    private func open(at time: WatchTime, arm: () -> Void) -> SourceBatch? {
        do {
            let opened = try WatchConnection(configuration)
            arm()
            // Opening may itself have created the sidecars, and the file may have been swapped meanwhile.
            guard DatabaseFiles(path: configuration.place.path) == opened.files else {
                opened.close()
                checkFiles = true
                return nil
            }
            connection = opened
            trouble = nil
            retryPause = .seconds(1)
        } catch let error as StoreError where error.code == .replaced {
            // Others in this process still read deleted sidecars; they are letting go.
            retryPause = .milliseconds(20)
            return nil
        } catch {
            retryPause = .seconds(1)
            let reason = (error as? StoreError).map { $0.code.description } ?? "database_failed"
            trouble = reason
            guard !machine.checkpoint.isDown else { return nil }
            machine.checkpoint.isDown = true
            return batch([.line(state: "down", reason: reason)])
        }
        guard machine.checkpoint.isDown else { return nil }
        machine.checkpoint.isDown = false
        return batch([.line(state: "up", reason: nil)])
    }

    // MARK: Looking

    private func lookForNews(
        _ connection: WatchConnection, _ db: Database, at time: WatchTime, into look: inout WatchLook
    ) throws {
        let queries = connection.queries
        let cache = connection.hydrator.directory
        if machine.needsBaseline {
            try baseline(connection, cache.current(in: db), db, at: time)
            look.isForced = true
        } else {
            try followFile(queries, cache, db, at: time, into: &look)
        }
        // What known rows became is found with the other changes in a moment; only the unknown is worth a look now.
        var directory = try cache.latest ?? cache.current(in: db)
        let waiting = machine.parking.rows
        var (refreshed, new) = try read(waiting, queries, directory, db)
        if (refreshed + new).contains(where: { $0.isBeyond(directory) }) {
            directory = try cache.current(in: db)
            (refreshed, new) = try read(waiting, queries, directory, db)
        }
        machine.refresh(refreshed, asked: waiting)
        if !waitingSince.isEmpty { try readmit(queries, cache.current(in: db), db, at: time) }
        hasMore = new.count == Self.rowsPerLook
        machine.admit(new, at: time)
        let ready = machine.release(at: time)
        let arrivals = try ready.map { try arrival(of: $0, connection, db, at: time) }
        for (entry, arrival) in zip(ready, arrivals) {
            look.actions += machine.publish(entry, arrival: arrival)
        }
        let gone = try queries.deletions(after: machine.checkpoint.deletions, in: db)
        machine.checkpoint.deletions = gone.position
        look.actions += machine.vanished(guids: gone.guids)
        let moved = try queries.recoverables(
            after: machine.checkpoint.recoverables, directory: directory, in: db
        )
        machine.checkpoint.recoverables = moved.position
        look.actions += machine.recentlyDeleted(guids: moved.found)
        try describe(&look, connection, directory, db)
    }

    /// The rows that wait, as they are now, and the ones above the watermark.
    private func read(
        _ waiting: [Int64], _ queries: WatchQueries, _ directory: ChatDirectory, _ db: Database
    ) throws -> (waiting: [WatchedRow], new: [WatchedRow]) {
        let refreshed = try queries.rows(waiting, waiting: true, directory: directory, in: db)
        let watermark = machine.checkpoint.watermark
        return (
            refreshed, try queries.rows(after: watermark, limit: Self.rowsPerLook, directory: directory, in: db)
        )
    }

    /// Rows that waited before a restart are taken up again, with the time they were first seen.
    private func readmit(
        _ queries: WatchQueries, _ directory: ChatDirectory, _ db: Database, at time: WatchTime
    ) throws {
        let rows = try queries.rows(
            machine.checkpoint.pending.map(\.row), waiting: true, directory: directory, in: db
        )
        machine.admit(rows.filter { waitingSince[$0.guid] != nil }, at: time, firstSeen: waitingSince)
        waitingSince = [:]
    }

    private func baseline(
        _ connection: WatchConnection, _ directory: ChatDirectory, _ db: Database, at time: WatchTime
    ) throws {
        let queries = connection.queries
        let isFirst = !machine.checkpoint.isBaselined
        let horizon = machine.steadyNow(time) - Self.window
        let numbers = try queries.baselineRows(horizon: horizon, limit: 20_000, in: db)
        let rows = try queries.rows(numbers, waiting: false, directory: directory, in: db)
        let last = try queries.lastRow(in: db)
        let isCapped = numbers.count >= 20_000
        machine.baseline(
            rows, last: last.map { WatchedRow(row: $0.row, guid: $0.guid) },
            horizon: isCapped ? rows.compactMap(\.date).filter { $0 >= horizon }.min() ?? horizon : horizon, at: time
        )
        if isFirst {
            machine.checkpoint.deletions = try queries.lastNumber(of: "deleted_messages", in: db)
            machine.checkpoint.recoverables = try queries.lastNumber(of: "chat_recoverable_message_join", in: db)
            let found = try connection.fingerprints(of: directory.conversations, directory: directory, in: db)
            for (id, fingerprint) in found { _ = chats.note(id, fingerprint: fingerprint) }
        }
        chats.markAll()
    }

    /// Notices a file whose rows are not the ones known, and finds them again by GUID.
    private func followFile(
        _ queries: WatchQueries, _ cache: DirectoryCache, _ db: Database, at time: WatchTime,
        into look: inout WatchLook
    ) throws {
        guard machine.checkpoint.watermark > 0, try isOtherFile(queries, db) else { return }
        try relocate(queries, cache.current(in: db), db, at: time, into: &look)
    }

    private func isOtherFile(_ queries: WatchQueries, _ db: Database) throws -> Bool {
        let checkpoint = machine.checkpoint
        if let guid = try queries.guid(at: checkpoint.watermark, in: db) { return guid != checkpoint.watermarkGUID }
        // The row at the watermark is gone: deleted, or this file never had it.
        if let last = try queries.lastNumber(in: db), last < checkpoint.watermark { return true }
        let anchors = machine.anchors(16)
        guard !anchors.isEmpty else { return false }
        let found = try queries.numbers(of: anchors.map(\.guid), in: db)
        if found.isEmpty {
            let gone = try queries.deletions(after: checkpoint.deletions, in: db).guids
            return !Set(anchors.map(\.guid)).isSubset(of: gone)
        }
        return anchors.contains { anchor in found[anchor.guid].map { $0 != anchor.row } ?? false }
    }

    private func relocate(
        _ queries: WatchQueries, _ directory: ChatDirectory, _ db: Database, at time: WatchTime,
        into look: inout WatchLook
    ) throws {
        for one in machine.parking.entries.values { waitingSince[one.row.guid] = one.firstSeen.wall }
        let since = waitingSince
        waitingSince = [:]
        let found = try queries.numbers(of: machine.knownGUIDs, in: db)
        let differs = machine.relocate(found: found, last: try queries.lastRow(in: db))
        machine.checkpoint.deletions = try queries.lastNumber(of: "deleted_messages", in: db)
        machine.checkpoint.recoverables = try queries.lastNumber(of: "chat_recoverable_message_join", in: db)
        let candidates = try queries.rows(datedAfter: machine.checkpoint.horizon, limit: 100_000, in: db)
        let unseen = candidates.filter { !machine.hasSeen(guid: $0.guid) }.map(\.row).sorted()
        let rows = try queries.rows(unseen, waiting: true, directory: directory, in: db)
        machine.admit(rows, at: time, firstSeen: since)
        if differs { look.observations.append(.gap(reason: "database_replaced")) }
        machine.startWarmPass()
    }

    /// Compares known rows with the database.
    private func compare(
        _ numbers: [Int64], _ connection: WatchConnection, _ db: Database, at time: WatchTime,
        into look: inout WatchLook
    ) throws {
        let directory = try connection.hydrator.directory.current(in: db)
        let rows = try connection.queries.rows(numbers, waiting: false, directory: directory, in: db)
        let waiting = machine.parking.entries.count
        let result = machine.compare(rows, asked: numbers, at: time)
        // A row that was given up got its chat: it is released by the next step.
        if machine.parking.entries.count > waiting { hasMore = true }
        if result.isOtherFile {
            try relocate(connection.queries, directory, db, at: time, into: &look)
            hasMore = true
            return
        }
        look.actions += result.actions
        if !result.withoutChat.isEmpty {
            let deleted = try connection.queries.recentlyDeleted(among: result.withoutChat.map(\.row), in: db)
            let gone = result.withoutChat.filter { deleted.contains($0.row) }
            look.actions += machine.recentlyDeleted(guids: gone.map { ($0.guid, nil) })
        }
        try describe(&look, connection, directory, db)
    }

    /// The slow part: a slice of the warm tier, rows that a rebuild put below the watermark, and chats.
    private func lookAround(
        _ connection: WatchConnection, _ db: Database, at time: WatchTime, into look: inout WatchLook
    ) throws {
        let directory = try connection.hydrator.directory.current(in: db)
        let since = machine.checkpoint.newestDate - .seconds(600)
        let recent = try connection.queries.rows(datedAfter: since, limit: 2_000, in: db)
        let unseen = recent.filter { $0.row <= machine.checkpoint.watermark && !machine.hasSeen(guid: $0.guid) }
        if !unseen.isEmpty {
            let numbers = unseen.map(\.row).sorted()
            machine.admit(
                try connection.queries.rows(numbers, waiting: true, directory: directory, in: db), at: time
            )
            hasMore = true
        }
        let found = try connection.fingerprints(of: directory.conversations, directory: directory, in: db)
        for conversation in directory.conversations {
            guard let fingerprint = found[conversation.id] else { continue }
            let verdict = chats.note(conversation.id, fingerprint: fingerprint)
            if verdict != .same { look.chats.append((conversation.id, verdict, fingerprint)) }
        }
        if let slice = machine.nextWarmSlice() {
            try compare(slice, connection, db, at: time, into: &look)
        } else {
            isWarmDirty = false
            try describe(&look, connection, directory, db)
        }
        if time.monotonic >= nextPrune {
            nextPrune = time.monotonic + .seconds(600)
            machine.prune(before: machine.steadyNow(time) - Self.window - .seconds(24 * 3600))
        }
    }

    // MARK: Arrival and content

    private func arrival(
        of entry: ParkingLot.Entry, _ connection: WatchConnection, _ db: Database, at time: WatchTime
    ) throws -> Arrival {
        var evidence = machine.evidence(of: entry, at: time)
        let row = entry.row
        let isFresh = evidence.date.map { evidence.now - $0 <= machine.classifier.freshness } ?? true
        if !row.isTapback, row.itemType == 0, row.balloon == nil, row.associatedType == 0 {
            evidence.twin = try twin(of: row, isFresh: isFresh, connection, db)
        }
        if !isFresh, row.chatRow != 0 {
            evidence.newestBefore = try connection.queries.newestDate(inChat: row.chatRow, before: row.row, in: db)
        }
        return machine.classifier.classify(evidence)
    }

    /// Looks for a row that says the same; only the rare row with a neighbour is decoded for it.
    private func twin(
        of row: WatchedRow, isFresh: Bool, _ connection: WatchConnection, _ db: Database
    ) throws -> ArrivalClassifier.Twin {
        let distance: Duration = isFresh ? .zero : .seconds(2)
        let neighbours = try connection.queries.neighbours(of: row, within: distance, in: db).filter { other in
            other.row < row.row && (other.isSameDate || (!isFresh && !machine.arrivedJustNow(row: other.row)))
        }
        guard !neighbours.isEmpty else { return .none }
        let messages = try connection.hydrator.messages(
            rows: [RowID(rawValue: row.row)] + neighbours.map { RowID(rawValue: $0.row) }, in: db
        )
        guard let text = messages.first(where: { $0.row.rawValue == row.row })?.body.plainText.trimmingSpaces(),
            !text.isEmpty
        else { return .none }
        let same = Set(
            messages.lazy.filter { $0.row.rawValue != row.row && $0.body.plainText.trimmingSpaces() == text }
                .map(\.row.rawValue)
        )
        if neighbours.contains(where: { $0.isSameDate && same.contains($0.row) }) { return .exact }
        return same.isEmpty ? .none : .near
    }

    /// Turns actions into observations with the decoded content, chats that are new to us first.
    private func describe(
        _ look: inout WatchLook, _ connection: WatchConnection, _ directory: ChatDirectory, _ db: Database
    ) throws {
        var rows: [RowID] = []
        var places: [Int64: Int64] = [:]
        var areAttached = false
        for action in look.actions {
            switch action {
            case .created(let row, _), .updated(let row, _, _, _):
                rows.append(RowID(rawValue: row.row))
                if row.chatRow != 0 { places[row.row] = row.chatRow }
                if row.attachmentCount > 0 { areAttached = true }
            case .deleted, .tapbackAdded, .tapbackRemoved: break
            }
        }
        let messages = try connection.hydrator.messages(
            rows: rows, chats: places, areAttached: areAttached, directory: directory, in: db)
        var byRow: [Int64: Message] = [:]
        for message in messages { byRow[message.row.rawValue] = message }
        try noteChats(of: messages, in: &look, connection, directory, db)
        for action in look.actions {
            guard let observation = observation(of: action, messages: byRow) else { continue }
            look.observations.append(observation)
        }
        look.actions = []
    }

    private func noteChats(
        of messages: [Message], in look: inout WatchLook, _ connection: WatchConnection, _ directory: ChatDirectory,
        _ db: Database
    ) throws {
        let unknown = Set(messages.compactMap(\.chat)).filter { !chats.isKnown($0) }
        let conversations = unknown.compactMap { directory.conversation($0) }
        if !conversations.isEmpty {
            let found = try connection.fingerprints(of: conversations, directory: directory, in: db)
            for (id, fingerprint) in found {
                look.chats.append((id, chats.note(id, fingerprint: fingerprint), fingerprint))
            }
        }
        guard !look.chats.isEmpty else { return }
        let described = try connection.chats(look.chats.map(\.id), directory: directory, in: db)
        for chat in described {
            guard let (_, verdict, fingerprint) = look.chats.first(where: { $0.id == chat.id }) else { continue }
            look.observations.append(
                verdict == .created
                    ? .chatCreated(chat) : .chatUpdated(chat, discriminator: .fingerprint(fingerprint))
            )
        }
        look.chats = []
    }

    private func observation(of action: WatchAction, messages: [Int64: Message]) -> Observation? {
        switch action {
        case .created(let row, let arrival):
            return messages[row.row].map { .created($0, arrival: arrival) }
        case .updated(let row, let changed, let date, let fingerprint):
            return messages[row.row].map {
                .updated($0, changed: changed, discriminator: date.map { .date($0) } ?? .fingerprint(fingerprint))
            }
        case .deleted(let guid, let chat):
            return .deleted(MessageID(rawValue: guid), chat: id(of: chat))
        case .tapbackAdded(let tapback, let chat, let arrival):
            return .tapbackAdded(tapback.tapback, chat: id(of: chat), arrival: arrival)
        case .tapbackRemoved(let tapback, let chat):
            return .tapbackRemoved(tapback.tapback, chat: id(of: chat))
        }
    }

    private func id(of chat: String?) -> ChatID? {
        chat.flatMap { configuration.identities.id(for: ChatGUID(rawValue: $0)) }
    }

    // MARK: Batches

    private func finish(_ look: WatchLook, at time: WatchTime) -> SourceBatch? {
        let isOverdue = machine.hasChanges && time.monotonic - lastSave >= Self.saveInterval
        let isHeartbeat = time.monotonic - lastSave >= Self.heartbeat
        guard !look.isEmpty || isOverdue || isHeartbeat else { return nil }
        lastSave = time.monotonic
        return batch(look.observations)
    }

    private func batch(_ observations: [Observation]) -> SourceBatch {
        let changes = machine.takeChanges()
        return SourceBatch(
            observations: observations, checkpoint: changes.checkpoint,
            marks: changes.marks.merging(chats.takeMarks()) { message, _ in message },
            replacesMarks: changes.replacesMarks, chatIDs: configuration.identities.takeNew()
        )
    }
}

/// What one look found.
struct WatchLook {
    var actions: [WatchAction] = []
    var chats: [(id: ChatID, verdict: ChatTracker.Verdict, fingerprint: UInt64)] = []
    var observations: [Observation] = []
    /// Whether a batch is due although there is nothing to report.
    var isForced = false

    var isEmpty: Bool { actions.isEmpty && chats.isEmpty && observations.isEmpty && !isForced }
}
