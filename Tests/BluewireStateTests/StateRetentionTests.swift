//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import GRDB
import Testing

@Suite struct StateRetentionTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let state: StateDatabase

    init() throws {
        folder = try TemporaryFolder()
        state = try StateDatabase(path: folder.file("state.db"))
    }

    private func prune(_ retention: StateRetention = StateRetention()) async throws {
        while try await state.prune(retention, now: clock.now) {}
    }

    @Test func finishedSendsGoWithTheirClaimsAndWaitingOnesStay() async throws {
        let states: [Send.State] = [
            .queued, .dispatched, .unknown, .landed, .sent, .delivered, .read, .failed, .cancelled,
        ]
        try await state.sends.write { [clock] tx in
            for (index, end) in states.enumerated() {
                var record = SendRecord(
                    id: SendID(rawValue: "snd_\(index)"), origin: "t", recipient: .handle("+15550001"),
                    line: Samples.line, action: .message(Draft(text: "x")), createdAt: clock.now)
                record.progress.state = end
                record.progress.isOpen = index < 3
                _ = try tx.insert(record)
                try tx.putClaim(
                    SendClaim(
                        message: MessageID(rawValue: "M\(index)"), send: record.id, attempt: 1, direction: .outgoing,
                        pieces: [0]))
                try tx.putAttempt(
                    SendAttempt(number: 1, transport: "t", startedAt: clock.now), of: record.id)
            }
        }
        clock.advance(by: .seconds(89 * 86_400))
        try await prune()
        #expect(try await state.sendCounts().values.reduce(0, +) == 9)
        clock.advance(by: .seconds(2 * 86_400))
        try await prune()
        #expect(try await state.sendCounts() == ["queued": 1, "dispatched": 1, "unknown": 1])
        let claims = try await state.sends.read { tx in
            try (0..<9).filter { try tx.claim(of: MessageID(rawValue: "M\($0)")) != nil }
        }
        #expect(claims == [0, 1, 2])
        let attempts = try await state.sends.read { tx in
            try (0..<9).filter { try !tx.attempts(of: SendID(rawValue: "snd_\($0)")).isEmpty }
        }
        #expect(attempts == [0, 1, 2])
    }

    @Test func oldDeliveriesGoAndRetriedOnesStay() async throws {
        let cursor = Cursor(epoch: "0000abcd", sequence: 0)
        let id = try await state.webhooks().create(url: "https://example.com/", filter: EventFilter(), after: cursor).id
        let states: [Delivery.State] = [.delivered, .dead, .retrying, .setAside]
        let deliveries = states.enumerated().map { index, state in
            Delivery(
                webhook: id, sequence: Int64(index), event: "e", kind: .messageCreated, chat: nil, state: state,
                attempts: 1,
                updatedAt: clock.now)
        }
        try await state.deliveries.save(deliveries, cursor: nil, of: id, at: clock.now)
        clock.advance(by: .seconds(31 * 86_400))
        try await prune()
        #expect(try await state.deliveries.list(webhook: id).map(\.state) == [.setAside, .retrying])
    }

    @Test func oldTurnsAndDecidedDraftsGo() async throws {
        let agents = state.agents(clock: clock)
        let ended = try await agents.beginTurn(agent: "a", chat: Samples.chat, messages: [MessageID(rawValue: "A")])
        try await agents.addSteps([TurnStep(at: clock.now, step: "end", detail: "")], to: ended, outcome: "answered")
        _ = try await agents.beginTurn(agent: "a", chat: Samples.chat, messages: [MessageID(rawValue: "B")])
        var drafts: [AgentDraft] = []
        for text in ["decided", "waiting"] {
            drafts.append(
                try await agents.addDraft(
                    agent: "a", chat: Samples.chat, line: Samples.line, message: nil,
                    action: .message(Draft(text: text))))
        }
        _ = try await agents.decideDraft(drafts[0].id, .discarded)
        clock.advance(by: .seconds(91 * 86_400))
        try await prune()
        #expect(try await agents.turns(in: Samples.chat).map(\.outcome) == ["running"])
        #expect(try await agents.drafts(state: nil).map(\.id) == [drafts[1].id])
    }

    @Test func auditTrailIsPrunedAndStillVerifies() async throws {
        for index in 0..<20 {
            try await state.audit.append(AuditRecord(at: clock.now, actor: "a", action: "x", reason: "\(index)"))
            clock.advance(by: .seconds(86_400))
        }
        var retention = StateRetention()
        retention.audit = .seconds(10 * 86_400)
        try await prune(retention)
        #expect(try await state.audit.list().count == 10)
        retention.auditEntries = 4
        try await prune(retention)
        #expect(try await state.audit.list().map(\.reason) == ["19", "18", "17", "16"])
        #expect(try await state.audit.verify().broken == nil)
    }
}
