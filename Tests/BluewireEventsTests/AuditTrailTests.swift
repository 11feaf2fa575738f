//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTesting
import Testing

@Suite struct AuditTrailTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let state: StateDatabase
    private let trail: AuditTrail

    init() throws {
        folder = try TemporaryFolder()
        state = try StateDatabase(path: folder.file("state.db"))
        trail = AuditTrail(state, clock: clock)
    }

    @Test func whatSomebodyDidIsWrittenAtOnce() async throws {
        await trail.record(.webhookCreated("wh_1"), by: "tok_1")
        let record = try #require(try await state.audit.list().first)
        #expect(record == AuditRecord(at: clock.now, actor: "tok_1", action: "webhook.create", object: "wh_1"))
    }

    @Test func refusalsOfOneActorBecomeTenAndASum() async throws {
        for _ in 0..<1000 { trail.note(.authenticationRefused(reason: "unknown_token"), by: "ip:192.0.2.1") }
        try await trail.write(endsWindows: false)
        #expect(try await state.audit.list(limit: 5000).count == 10)
        clock.advance(by: .seconds(61))
        try await trail.write(endsWindows: false)
        let newest = try #require(try await state.audit.list(limit: 5000).first)
        #expect(try await state.audit.list(limit: 5000).count == 11)
        #expect(newest.reason == "990 more within a minute")
        #expect(newest.actor == "system")
        #expect(newest.outcome == "denied")
    }

    @Test func refusalsOfManyActorsAreBoundedTogether() async throws {
        for index in 0..<5000 { trail.note(.scopeDenied(.send, operation: "POST /v1/messages"), by: "tok_\(index)") }
        trail.note(.egressDenied(purpose: "webhook"), by: "system")
        try await trail.write(endsWindows: true)
        let records = try await state.audit.list(limit: 10_000)
        #expect(records.count == 62)
        #expect(records.first { $0.reason == "4940 more within a minute" } != nil)
        #expect(records.first { $0.action == "egress" } != nil)
        #expect(try await state.audit.verify().broken == nil)
    }

    @Test func refusalsThatAreRecordedAreBoundedToo() async throws {
        for _ in 0..<50 { await trail.record(.configurationReloadFailed("invalid"), by: "local") }
        #expect(try await state.audit.list().count == 10)
    }

    @Test func clockThatIsSetBackEndsTheMinute() async throws {
        for _ in 0..<20 { trail.note(.authenticationRefused(reason: "unknown_token"), by: "ip:192.0.2.1") }
        clock.set(clock.now - .seconds(86_400))
        try await trail.write(endsWindows: false)
        #expect(try await state.audit.list().map(\.reason).contains("10 more within a minute"))
    }

    @Test func runningTrailWritesWhatIsNotedAndTheRestAtTheEnd() async throws {
        let (trail, state, clock) = (trail, state, clock)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await trail.run() }
            for _ in 0..<11 { trail.note(.authenticationRefused(reason: "unknown_token"), by: "ip:192.0.2.1") }
            // Asleep until the minute ends: everything that was noted is written.
            await clock.waitForSleepers()
            group.cancelAll()
        }
        #expect(try await state.audit.list().count == 11)
    }
}
