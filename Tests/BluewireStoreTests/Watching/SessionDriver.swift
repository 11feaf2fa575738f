//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import BluewireTransport
import Foundation
import GRDB

@testable import BluewireStore

/// Drives a ``WatchSession`` by hand over a real file, with a clock that the test moves, and keeps what it commits the
/// way the journal does.
///
/// Restarting takes only what was committed.
final class SessionDriver {
    let database: LiveDatabase
    let clock = ManualClock()
    private(set) var observations: [Observation] = []
    private(set) var state: SourceState?
    private(set) var session: WatchSession
    private var elapsed: Duration = .zero

    init(_ database: LiveDatabase) {
        self.database = database
        session = Self.session(database, clock, nil)
    }

    private static func session(_ database: LiveDatabase, _ clock: ManualClock, _ state: SourceState?) -> WatchSession {
        var configuration = ChatDatabaseSource.Configuration(
            place: DatabasePlace(path: database.path), line: LineID(rawValue: "test"),
            identities: ChatIdentities(known: state?.chatIDs ?? [:])
        )
        configuration.clock = clock
        return WatchSession(configuration, state: state)
    }

    var now: Timestamp { clock.now }
    var time: WatchTime { WatchTime(wall: clock.now, monotonic: elapsed) }

    /// Lets time pass on both clocks.
    func pass(_ duration: Duration) {
        elapsed += duration
        clock.advance(by: duration)
    }

    /// Lets time pass and looks, again and again until nothing more is due at that time.
    @discardableResult
    func look(after duration: Duration = .zero, committing: Bool = true) throws -> [Observation] {
        pass(duration)
        session.checkFiles = true
        var found: [Observation] = []
        for _ in 0..<60 {
            let time = WatchTime(wall: clock.now, monotonic: elapsed)
            let batch = try session.step(at: time) {}
            if let batch {
                found += batch.observations
                if committing { store(batch) }
            } else if session.nextDeadline(after: time).map({ $0 > .zero }) ?? true {
                break
            }
        }
        if committing { observations += found }
        return found
    }

    /// Everything that is due within two seconds, slow tiers included.
    @discardableResult
    func settle() throws -> [Observation] {
        var found: [Observation] = []
        for _ in 0..<22 { found += try look(after: .milliseconds(100)) }
        return found
    }

    private func store(_ batch: SourceBatch) {
        var next = state ?? SourceState(checkpoint: [])
        next.checkpoint = batch.checkpoint
        if batch.replacesMarks { next.marks = [:] }
        for (key, value) in batch.marks {
            if let value { next.marks[key] = value } else { next.marks[key] = nil }
        }
        next.chatIDs.merge(batch.chatIDs) { _, new in new }
        state = next
    }

    /// Kills the watcher and starts it from what was committed.
    func restart(from other: SourceState? = nil) {
        session.close()
        if let other { state = other }
        session = Self.session(database, clock, state)
    }

    func close() { session.close() }
}

extension [Observation] {
    /// The GUIDs of created messages, in order.
    var created: [String] {
        compactMap { if case .created(let message, _) = $0 { message.id.rawValue } else { nil } }
    }

    /// How created messages arrived, by GUID.
    var arrivals: [String: Arrival] {
        reduce(into: [:]) { found, one in
            if case .created(let message, let arrival) = one { found[message.id.rawValue] = arrival }
        }
    }

    /// The GUIDs and changed names of updates, in order.
    var updates: [String] {
        compactMap { one in
            if case .updated(let message, let changed, _) = one {
                message.id.rawValue + ":" + changed.joined(separator: "+")
            } else {
                nil
            }
        }
    }

    /// The GUIDs of deleted messages.
    var deleted: [String] { compactMap { if case .deleted(let id, _) = $0 { id.rawValue } else { nil } } }

    /// Tapbacks put on (`+kind@guid`) and taken off (`-kind@guid`), in order.
    var tapbacks: [String] {
        compactMap { one in
            switch one {
            case .tapbackAdded(let tapback, _, _): "+\(tapback.kind.name)@\(tapback.id)"
            case .tapbackRemoved(let tapback, _): "-\(tapback.kind.name)@\(tapback.id)"
            default: nil
            }
        }
    }

    /// Names of chat events.
    var chats: [String] {
        compactMap { one in
            switch one {
            case .chatCreated(let chat): "created " + chat.guid.rawValue
            case .chatUpdated(let chat, _): "updated " + chat.guid.rawValue
            default: nil
            }
        }
    }
}
