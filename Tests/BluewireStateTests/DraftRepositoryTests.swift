//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import Testing

@Suite struct DraftRepositoryTests {
    private let folder: TemporaryFolder
    private let agents: AgentRepository
    private let clock = ManualClock()

    init() throws {
        folder = try TemporaryFolder()
        agents = try StateDatabase(path: folder.file("state.db")).agents(clock: clock)
    }

    private func add(_ text: String, agent: String = "demo", key: String?) async throws -> AgentDraft {
        try await agents.addDraft(
            agent: agent, chat: Samples.chat, line: Samples.line, message: nil, action: .message(Draft(text: text)),
            key: key)
    }

    @Test func aKeyMakesOneDraftOfEachAgent() async throws {
        let first = try await add("first", key: "k")
        #expect(try await add("again", key: "k") == first)
        let others = [
            try await add("other", agent: "other", key: "k"), try await add("loose", key: nil),
            try await add("loose", key: nil),
        ]
        #expect(Set(others.map(\.id) + [first.id]).count == 4)
    }

    @Test func aDraftClaimedTwiceIsNotPutBackByTheFirst() async throws {
        let draft = try await add("answer", key: "k")
        let first = try #require(try await agents.claimDraft(draft.id))
        #expect(first.isFirst)
        #expect(try await agents.decideDraft(draft.id, .discarded) == nil)
        let second = try #require(try await agents.claimDraft(draft.id))
        #expect(!second.isFirst)
        try await agents.releaseDraft(first.draft)
        #expect(try await agents.draft(draft.id)?.state == .approved)
        try await agents.noteSend(SendID(rawValue: "snd_1"), ofDraft: draft.id)
        #expect(try await agents.claimDraft(draft.id) == nil)
        #expect(try await agents.draft(draft.id)?.send == SendID(rawValue: "snd_1"))
    }

    @Test func aDraftThatIsPutBackWaits() async throws {
        let draft = try await add("answer", key: "k")
        let claim = try #require(try await agents.claimDraft(draft.id))
        try await agents.releaseDraft(claim.draft)
        #expect(try await agents.drafts().map(\.id) == [draft.id])
        #expect(try await agents.decideDraft(draft.id, .discarded) != nil)
        #expect(try await agents.claimDraft(draft.id) == nil)
    }
}
