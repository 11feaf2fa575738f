//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import BluewireState
import BluewireStore
import BluewireWire
// Full Foundation: names and removal of a folder.
import Foundation

/// One text to the owner's own address, and what an agent would have answered to it.
///
/// Nothing else can be sent: the text goes only to an address that is proven to be an own one, and the gateway that
/// answers has a state of its own that is thrown away, no transport, no webhooks, and an agent in shadow mode.
package struct SelfText: Sendable {
    private let configuration: GatewayConfiguration
    private let patience: Duration

    /// What the text says; the agent knows an answer to it without a model.
    package static let text = "Hello there"

    /// A text over this configuration.
    package init(_ configuration: GatewayConfiguration, patience: Duration = .seconds(45)) {
        self.configuration = configuration
        self.patience = patience
    }

    /// What came of it.
    package enum Outcome: Hashable, Sendable {
        /// It was sent, seen and answered in a draft that went nowhere.
        case answered(draft: String)
        /// It was sent; no answer was drafted in time.
        case unanswered
        /// It was not sent, or nobody can tell whether it was.
        case notSent(message: String, remedy: String)
    }

    /// Sends it.
    ///
    /// - Throws: ``GatewayError`` when the address is not proven to be an own one, or a gateway runs; nothing was sent
    ///   then.
    package func send(to address: String) async throws -> Outcome {
        try await check(address)
        let folder =
            try StateDirectory(path: configuration.stateDirectory).path + "/setup-"
            + UUID().uuidString.prefix(6)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let listener = listener(folder, answering: address)
        let (greetings, greeting) = AsyncStream.makeStream(of: Greeting.self, bufferingPolicy: .bufferingNewest(1))
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                try await Gateway.run(listener) { greeting.yield($0) }
                return nil
            }
            group.addTask {
                for await greeting in greetings {
                    return try await exchange(with: GatewayClient(.socket(path: greeting.socket)), address: address)
                }
                return nil
            }
            // Whoever ends first ends it: without the listener nothing is to be seen.
            defer { group.cancelAll() }
            guard let outcome = try await group.next() ?? nil else {
                throw GatewayError(
                    .busy, message: "It was stopped. Look into Messages whether the text went out.",
                    remedy: "`bluewire setup` takes this step up again.")
            }
            return outcome
        }
    }

    /// Refuses everything that could reach somebody else, or be answered by somebody else.
    private func check(_ address: String) async throws {
        let store = try StoreFactory.store(configuration)
        guard try await store.isOwn(address) else { throw Self.notOwn }
        switch try await store.resolve(address) {
        case .none: break
        case .chat(let chat) where chat.isSelf && !chat.isGroup: break
        default: throw Self.notOwn
        }
        guard StateDirectory.lockHolder(at: configuration.stateDirectory) == nil else {
            throw GatewayError(
                .busy, message: "A gateway runs on this state; its agents could answer.",
                remedy: "Stop it for this step, then run `bluewire setup` again.")
        }
    }

    private static let notOwn = GatewayError(
        .denied, message: "The database does not prove that this address is an own one; nothing was sent.",
        remedy: "Use the number or address that Messages, Settings, iMessage lists for this Mac.")

    /// A gateway that hears and drafts, and has no way to send.
    private func listener(_ folder: String, answering address: String) -> GatewayConfiguration {
        var listener = GatewayConfiguration(
            stateDirectory: folder, database: configuration.database, home: configuration.home)
        listener.messagesHome = configuration.messagesHome
        listener.line = configuration.line
        listener.listen = GatewayConfiguration.ListenAddress(host: "127.0.0.1", port: 0)
        listener.transports = []
        listener.usesFileEvents = configuration.usesFileEvents
        listener.usesPolling = configuration.usesPolling
        // It is stopped half-way, which its parts would call errors.
        listener.logLevel = "critical"
        var agent = AgentConfiguration(name: "setup")
        agent.allow = [address]
        agent.shadow = true
        agent.marksRead = false
        agent.debounce = 0.2
        agent.leastTyping = 0
        listener.agents = [GatewayConfiguration.AgentEntry(agent: agent)]
        return listener
    }

    private func exchange(with client: GatewayClient, address: String) async throws -> Outcome {
        let isWatching = try await wait {
            try await client.lacks().allSatisfy { !["watching", "database"].contains($0) } ? true : nil
        }
        guard isWatching == true else {
            return .notSent(
                message: "The database could not be watched, so nothing was sent.",
                remedy: "`bluewire doctor` says what may be missing.")
        }
        let options = SendRequestOptions(to: [address], draft: Draft(text: Self.text), wait: patience)
        let send = try await Sender(configuration).send(options)
        guard Self.arrived.contains(send.state) else {
            return Self.notSent(send)
        }
        let draft = try await wait { try await client.drafts().data.compactMap(\.action.text).first }
        return draft.map { .answered(draft: $0) } ?? .unanswered
    }

    /// What a text that did not land is, and what becomes of it.
    private static func notSent(_ send: NativeSend) -> Outcome {
        let remedy =
            switch send.state {
            case "queued": "It waits in the outbox, and the next gateway sends it to you; `bluewire sends` shows it."
            case "failed": send.failure?.remedy ?? "`bluewire doctor` says what may be missing."
            default: "Look into Messages; it is not sent again by itself."
            }
        return .notSent(message: "The text is \(send.state).", remedy: remedy)
    }

    private static let arrived: Set<String> = ["landed", "sent", "delivered", "read"]

    /// Looks again and again until there is something, or the patience is over.
    private func wait<Value>(for look: () async throws -> Value?) async throws -> Value? {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while clock.now < end {
            if let value = try await look() { return value }
            try await clock.sleep(for: .milliseconds(200))
        }
        return nil
    }
}

extension GatewayClient {
    /// Answers that wait for consent.
    fileprivate func drafts() async throws -> NativeList<NativeDraft> { try await get("/v1/drafts", [:]) }

    /// The codes of what the gateway lacks.
    func lacks() async throws -> [String] {
        let health: NativeHealth = try await get("/v1/health", [:])
        return health.missing.map(\.code)
    }
}
