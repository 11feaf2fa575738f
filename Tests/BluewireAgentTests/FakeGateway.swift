//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Foundation
import Synchronization

/// Chats, messages and a gate in memory; the gate keeps its promise about keys.
final class FakeGateway: OutboundSending, EchoChecking, ChatReading, MessageSearching {
    struct State {
        var chats: [ChatID: Chat] = [:]
        var messages: [Message] = []
        var requests: [SendRequest] = []
        var signals: [Signal] = []
        var echoes: Set<MessageID> = []
        var failure: OutboundError?
        var watchers: [(condition: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

        var texts: [String] {
            requests.compactMap { if case .message(let draft) = $0.action { draft.text } else { nil } }
        }
    }

    let state = Mutex(State())
    let clock: ManualClock

    init(clock: ManualClock) { self.clock = clock }

    static let chat = ChatID(rawValue: "ch_alice")
    static let line = LineID(rawValue: "sim")
    static let alice = Handle(address: "+15551230001", channel: .iMessage)

    /// Adds a message to a chat and returns the event the journal would offer.
    func say(
        _ text: String, id: String, in chat: ChatID = FakeGateway.chat, isFromMe: Bool = false, sequence: Int64 = 1
    ) -> GatewayEvent {
        let now = clock.now
        var message = Message(
            id: MessageID(rawValue: id), row: RowID(rawValue: 1), line: Self.line, isFromMe: isFromMe, sentAt: now
        )
        message.chat = chat
        message.body = MessageBody(text: text)
        message.sender = isFromMe ? nil : Self.alice
        state.withLock { state in
            if state.chats[chat] == nil {
                state.chats[chat] = Chat(
                    id: chat, guid: ChatGUID(rawValue: "iMessage;-;\(Self.alice.address)"), line: Self.line,
                    isGroup: false
                )
            }
            state.messages.append(message)
        }
        return GatewayEvent(
            id: "ev-\(id)", cursor: Cursor(epoch: "00000001", sequence: sequence), kind: .messageCreated, time: now,
            line: Self.line, chat: chat, snapshot: .message(message, changed: [], arrival: .new)
        )
    }

    /// Suspends until `condition` holds.
    func wait(_ condition: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let holds = state.withLock { state in
                if condition(state) { return true }
                state.watchers.append((condition, continuation))
                return false
            }
            if holds { continuation.resume() }
        }
    }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, ready) = state.withLock { state in
            let value = body(&state)
            let ready = state.watchers.filter { $0.condition(state) }.map(\.continuation)
            let snapshot = state
            state.watchers.removeAll { $0.condition(snapshot) }
            return (value, ready)
        }
        for continuation in ready { continuation.resume() }
        return value
    }

    func submit(_ request: SendRequest) async throws(OutboundError) -> Send {
        let failure = state.withLock { $0.failure }
        if let failure { throw failure }
        let known = state.withLock { state in
            state.requests.firstIndex { $0.key == request.key && $0.origin == request.origin }
        }
        if let known {
            guard state.withLock({ $0.requests[known].action }) == request.action else {
                throw OutboundError(.keyReused, message: "The key was used for another body.", remedy: "")
            }
            return makeSend(request, known)
        }
        let count = change { state in
            state.requests.append(request)
            return state.requests.count
        }
        return makeSend(request, count - 1)
    }

    private func makeSend(_ request: SendRequest, _ number: Int) -> Send {
        Send(
            id: SendID(rawValue: "snd_\(number)"), recipient: request.recipient, line: Self.line,
            action: request.action,
            createdAt: clock.now
        )
    }

    func signal(_ signal: Signal, in chat: ChatID) async { change { $0.signals.append(signal) } }
    func send(_ id: SendID) async throws -> Send? { nil }

    func origin(of message: MessageID, upTo cursor: Cursor) async throws -> SendID? {
        state.withLock { $0.echoes.contains(message) } ? SendID(rawValue: "snd_echo") : nil
    }

    func chat(_ id: ChatID) async throws -> Chat? { state.withLock { $0.chats[id] } }
    func message(_ id: MessageID) async throws -> Message? { state.withLock { $0.messages.first { $0.id == id } } }

    func recentMessages(in chat: ChatID, limit: Int) async throws -> [Message] {
        state.withLock { Array($0.messages.filter { $0.chat == chat }.suffix(limit)) }
    }

    func search(_ text: String, in chat: ChatID?, limit: Int) async throws -> [Message] {
        let words = text.lowercased().split(separator: " ")
        return state.withLock { state in
            state.messages.reversed().filter { message in
                message.chat == chat && words.allSatisfy { message.body.plainText.lowercased().contains($0) }
            }
        }
    }
}

/// Answers by script; a hanging answer ends only by cancellation.
final class ScriptedProvider: ModelProvider {
    enum Step: Sendable {
        case reply(ModelReply)
        case fail(ModelError)
        case hang
    }

    let requests = Mutex<[ModelRequest]>([])
    private let steps: [Step]

    init(_ steps: Step...) { self.steps = steps }

    var name: String { "scripted" }

    func respond(to request: ModelRequest) async throws(ModelError) -> ModelReply {
        let step = requests.withLock { requests in
            requests.append(request)
            return steps[min(requests.count, steps.count) - 1]
        }
        switch step {
        case .reply(let reply): return reply
        case .fail(let error): throw error
        case .hang:
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            for await _ in stream {}
            continuation.finish()
            throw ModelError(.cancelled, "cancelled")
        }
    }
}

/// A gateway with one agent, running while a test's body runs.
struct AgentBench {
    let clock = ManualClock()
    let gateway: FakeGateway
    let database: StateDatabase
    let directory: URL

    init() throws {
        gateway = FakeGateway(clock: clock)
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("bluewire-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        database = try StateDatabase(path: directory.appendingPathComponent("state.db").path)
    }

    static func agent(_ configure: (inout AgentConfiguration) -> Void = { _ in }) -> AgentConfiguration {
        var agent = AgentConfiguration(name: "demo")
        agent.allow = [FakeGateway.alice.address]
        agent.owners = ["*"]
        agent.shadow = false
        agent.debounce = 0
        agent.leastTyping = 0
        agent.pause = 0
        agent.zone = "Europe/Berlin"
        configure(&agent)
        return agent
    }

    /// One life of the process: starts the agent, runs `body`, kills the agent.
    func live(
        _ agent: AgentConfiguration, _ provider: any ModelProvider,
        isStopped: @escaping @Sendable () async -> Bool = { false },
        _ body: (AgentRuntime) async throws -> Void
    ) async throws {
        let runtime = AgentRuntime(
            agent, provider: provider,
            services: AgentServices(
                sender: gateway, echoes: gateway, chats: gateway, search: gateway, state: database, clock: clock,
                isStopped: isStopped
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runtime.run() }
            do {
                try await body(runtime)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    /// Waits for the end of the newest turn about a message.
    @discardableResult
    func turnEnds(about message: String) async throws -> TurnRecord {
        let records = database.agents(clock: clock)
        while true {
            let turn = try await records.turns(about: MessageID(rawValue: message)).last
            if let turn, turn.endedAt != nil { return turn }
            await Task.yield()
        }
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
}
