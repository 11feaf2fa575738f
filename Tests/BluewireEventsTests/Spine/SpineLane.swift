//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import Foundation
import GRDB
import Synchronization

@testable import BluewireEvents
@testable import BluewireState

/// The databases that one lane of schedules uses one after the other: a real `journal.db`, whose every write may be cut
/// off half-way, and a real `state.db` with one webhook.
final class SpineLane: Sendable {
    struct Cut: Error {}

    let clock = ManualClock()
    let state: StateDatabase
    let webhook: Webhook
    let receiver: SimulatedReceiver
    private let folder: URL
    private let opened: Mutex<Journal>
    private let cut: CutSwitch

    /// Decides, while a transaction is under way, whether the process dies in it.
    final class CutSwitch: Sendable {
        let decide = Mutex<(@Sendable () -> Bool)?>(nil)
    }

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bluewire-spine-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        cut = CutSwitch()
        let journal = try Self.open(folder, clock, cut)
        opened = Mutex(journal)
        state = try StateDatabase(path: folder.path + "/state.db")
        // Nobody pulls the plug of the machine here.
        try await state.writer.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = OFF") }
        webhook = try await state.webhooks(clock: clock).create(
            url: "http://receiver.example/", filter: EventFilter(), after: journal.head)
        receiver = SimulatedReceiver()
    }

    deinit {
        try? opened.withLock { try $0.close() }
        try? FileManager.default.removeItem(at: folder)
    }

    var journal: Journal { opened.withLock { $0 } }

    var context: WebhookEndpoint.Context {
        WebhookEndpoint.Context(
            journal: journal, state: state, poster: receiver, render: { Array($0.id.utf8) }, clock: clock,
            configuration: WebhookEndpointStateMachine.Configuration())
    }

    /// Forgets what the schedule before delivered; the last of it may not be noted yet.
    func startOver(at cursor: BluewireModel.Cursor) async throws {
        try await state.write { db in try db.execute(sql: "DELETE FROM delivery") }
        try await state.sinkCursors.save(cursor, of: webhook.sinkName, at: clock.now)
        receiver.state.withLock { $0 = SimulatedReceiver.State() }
    }

    /// Says when a transaction of the journal is cut off; nil for never.
    func cutTransactions(when decide: (@Sendable () -> Bool)?) { cut.decide.withLock { $0 = decide } }

    /// Closes the journal and opens the file again, as the next process does.
    func reopen() throws {
        try opened.withLock { journal in
            try journal.close()
            journal = try Self.open(folder, clock, cut)
        }
    }

    private static func open(_ folder: URL, _ clock: ManualClock, _ cut: CutSwitch) throws -> Journal {
        var configuration = Journal.Configuration()
        configuration.blockSize = 2000
        let journal = try Journal(path: folder.path + "/journal.db", clock: clock, configuration: configuration)
        try journal.pool.writeWithoutTransaction { db in
            db.add(
                function: DatabaseFunction("may_be_cut", argumentCount: 0) { _ in
                    if cut.decide.withLock({ $0 })?() ?? false { throw Cut() }
                    return nil
                })
            for table in ["source", "mark", "event"] {
                try db.execute(
                    sql: """
                        CREATE TEMP TRIGGER cut_\(table) BEFORE INSERT ON main.\(table)
                        BEGIN SELECT may_be_cut(); END
                        """)
            }
        }
        return journal
    }
}

/// The other end of the webhook: up, down, refusing, or gone before its answer arrives.
final class SimulatedReceiver: WebhookPosting {
    enum Mood: CaseIterable { case up, down, refusing, deaf }

    struct State {
        var mood = Mood.up
        /// What it took, in order: the webhook-id and the event's id.
        var taken: [(id: String, event: String)] = []
    }

    let state = Mutex(State())

    func post(_ request: WebhookRequest) async -> WebhookResult {
        state.withLock { state in
            switch state.mood {
            case .down: return .failed(reason: "connection_refused")
            case .refusing: return .answered(status: 500, retryAfter: nil)
            case .up, .deaf:
                state.taken.append((request.id, String(decoding: request.body, as: UTF8.self)))
                return state.mood == .up ? .answered(status: 204, retryAfter: nil) : .failed(reason: "timeout")
            }
        }
    }
}
