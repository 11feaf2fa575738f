//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import BluewireWire
import HTTPTypes
import Testing

@testable import BluewireServer

@Suite struct DraftRouteTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private func draft(_ text: String = "answer") async throws -> String {
        try await fixture.state.agents().addDraft(
            agent: "demo", chat: ChatID(rawValue: "ch_a"), line: LineID(rawValue: "me"), message: nil,
            action: .message(Draft(text: text))
        ).id
    }

    private func statuses(_ draft: String, _ verbs: [String]) async throws -> [Int] {
        let token = try await fixture.token()
        var statuses: [Int] = []
        for verb in verbs {
            statuses.append(try await fixture.call(.post, "/v1/drafts/\(draft)/\(verb)", token: token).status)
        }
        return statuses
    }

    @Test(arguments: [
        (["approve", "approve"], [202, 202], 1), (["approve", "discard"], [202, 409], 1),
        (["discard", "approve"], [204, 409], 0), (["discard", "discard"], [204, 409], 0),
    ])
    func aDraftIsDecidedOnce(_ verbs: [String], _ wanted: [Int], _ sends: Int) async throws {
        let found = try await statuses(try await draft(), verbs)
        #expect(found == wanted)
        #expect(fixture.outbox.requests.count == sends)
    }

    @Test func aRefusedDraftWaitsAgain() async throws {
        let id = try await draft("")
        expectEqual(try await statuses(id, ["approve"]), [422])
        expectEqual(try await fixture.state.agents().drafts().map(\.id), [id])
        expectEqual(try await statuses(id, ["discard"]), [204])
    }

    /// Claimed by a process that ended before it noted the send.
    @Test(arguments: [(22, [202, 202], 1), (24, [409, 409], 0)])
    func aClaimIsTakenUpWhileItsKeyIsKnown(_ hours: Int, _ wanted: [Int], _ sends: Int) async throws {
        let id = try await draft()
        let then = ManualClock(now: fixture.context.clock.now - .seconds(hours * 3600))
        _ = try await fixture.state.agents(clock: then).claimDraft(id)
        expectEqual(try await statuses(id, ["discard"]), [409])
        let found = try await statuses(id, ["approve", "approve"])
        #expect(found == wanted)
        #expect(fixture.outbox.requests.map(\.key) == Array(repeating: id, count: sends))
    }
}
