//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// The sessions of one agent. An actor, because admitting, thinking and sending change one session from several tasks
/// while each change is written to disk.
actor AgentSessions {
    fileprivate struct Session {
        var state = SessionState()
        var debouncer: Debouncer?
        var limiter = LoopLimiter()
        var version = 0
        var isRunning = false
        var interruption: AsyncStream<Void>.Continuation?
    }

    private let agent: String
    private let records: AgentRepository
    private let quiet: Duration
    private let maximum: Duration
    private var sessions: [ChatID: Session] = [:]
    private var ready: [ChatID] = []

    init(configuration: AgentConfiguration, records: AgentRepository) {
        agent = configuration.name
        self.records = records
        quiet = .seconds(configuration.debounce)
        maximum = .seconds(configuration.debounceMaximum)
    }

    /// Loads what an earlier life left unfinished.
    func restore(now: Timestamp) async throws {
        let decoder = JSONDecoder()
        for (chat, text) in try await records.sessions(agent: agent) where sessions[chat] == nil {
            guard let state = try? decoder.decode(SessionState.self, from: Data(text.utf8)) else { continue }
            guard !state.pending.isEmpty || state.reply != nil else { continue }
            var session = Session()
            session.state = state
            if !state.pending.isEmpty { session.debounce(at: now, quiet: quiet, maximum: maximum) }
            sessions[chat] = session
            ready.append(chat)
        }
    }

    /// Drops what waited longer than an agent's patience: nobody expects that answer any more, and the outbox may have
    /// forgotten the keys of the bubbles that went out.
    ///
    /// - Returns: what was dropped.
    func dropStale(_ chat: ChatID, now: Timestamp) async throws -> SessionState {
        guard var session = sessions[chat] else { return SessionState() }
        let isStale: (Timestamp?) -> Bool = { time in time.map { now - $0 > Admission.patience } ?? true }
        var dropped = SessionState()
        dropped.pending = session.state.pending.filter { isStale($0.admittedAt) }
        if let reply = session.state.reply, isStale(reply.madeAt) { dropped.reply = reply }
        guard !dropped.pending.isEmpty || dropped.reply != nil else { return dropped }
        session.state.pending.removeAll { isStale($0.admittedAt) }
        if dropped.reply != nil { session.state.reply = nil }
        sessions[chat] = session
        try await save(chat)
        return dropped
    }

    /// Stores an admitted message durably and interrupts the turn that runs; false when it was known.
    func add(_ pending: SessionState.Pending, to chat: ChatID) async throws -> Bool {
        var session = sessions[chat] ?? Session()
        guard !session.state.pending.contains(where: { $0.message == pending.message || $0.isMirror(of: pending) })
        else { return false }
        session.state.pending.append(pending)
        session.debounce(at: pending.admittedAt, quiet: quiet, maximum: maximum)
        if !session.isRunning, !ready.contains(chat) { ready.append(chat) }
        session.interruption?.yield()
        sessions[chat] = session
        try await save(chat)
        return true
    }

    /// Notes that a waiting message was edited or taken back, and interrupts the turn that thinks about it.
    ///
    /// What was answered already stays answered.
    func revise(_ message: MessageID, isGone: Bool, in chat: ChatID, now: Timestamp) async throws {
        guard var session = sessions[chat],
            let index = session.state.pending.firstIndex(where: { $0.message == message })
        else { return }
        if isGone {
            session.state.pending.remove(at: index)
        } else {
            session.debounce(at: now, quiet: quiet, maximum: maximum)
        }
        session.interruption?.yield()
        sessions[chat] = session
        try await save(chat)
    }

    /// Chats whose session has to be run; each is given once.
    func takeReady() -> [ChatID] {
        defer { ready = [] }
        for chat in ready { sessions[chat]?.isRunning = true }
        return ready
    }

    /// When the burst that waits in `chat` counts as complete; nil ends the session's run.
    func deadline(_ chat: ChatID) -> Timestamp? {
        guard let deadline = sessions[chat]?.debouncer?.deadline, sessions[chat]?.state.pending.isEmpty == false else {
            sessions[chat]?.isRunning = false
            return nil
        }
        return deadline
    }

    /// The messages to answer now, a stream that speaks when another one comes, and whether the limiter lets it pass.
    func begin(_ chat: ChatID, now: Timestamp) -> (
        pending: [SessionState.Pending], interruptions: AsyncStream<Void>, isLimited: Bool
    ) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        sessions[chat]?.interruption = continuation
        let isFine = sessions[chat]?.limiter.admit(at: now) ?? true
        return (sessions[chat]?.state.pending ?? [], stream, !isFine)
    }

    /// Whether messages wait beyond those a turn began with.
    func hasMore(_ chat: ChatID, than count: Int) -> Bool { (sessions[chat]?.state.pending.count ?? 0) > count }

    /// The answer on its way out.
    func reply(_ chat: ChatID) -> SessionState.Reply? { sessions[chat]?.state.reply }

    /// Takes the answered messages out and stores the answer, in one step.
    ///
    /// - Returns: false when more messages came meanwhile; then nothing changed.
    func commit(_ reply: SessionState.Reply?, answering count: Int, in chat: ChatID, force: Bool = false) async throws
        -> Bool
    {
        guard var session = sessions[chat], force || session.state.pending.count == count else { return false }
        session.state.pending.removeFirst(min(count, session.state.pending.count))
        session.state.reply = reply
        session.debouncer = nil
        for pending in session.state.pending {
            session.debounce(at: pending.admittedAt, quiet: quiet, maximum: maximum)
        }
        sessions[chat] = session
        try await save(chat)
        return true
    }

    /// Notes that one more bubble is in the outbox.
    func advance(_ chat: ChatID) async throws {
        sessions[chat]?.state.reply?.sent += 1
        try await save(chat)
    }

    /// Forgets the answer: all of it went out, or the rest is withheld.
    func endReply(_ chat: ChatID) async throws {
        sessions[chat]?.state.reply = nil
        try await save(chat)
    }

    /// Ends the run of a session that failed, so that a later message starts it anew.
    func stop(_ chat: ChatID) {
        sessions[chat]?.isRunning = false
    }

    /// Writes the newest state; a state that appeared while an older one was written is written again after it.
    private func save(_ chat: ChatID) async throws {
        sessions[chat]?.version += 1
        var written = -1
        while let session = sessions[chat], session.version != written {
            written = session.version
            let data = try JSONEncoder().encode(session.state)
            try await records.saveSession(agent: agent, chat: chat, state: String(decoding: data, as: UTF8.self))
        }
    }
}

extension AgentSessions.Session {
    fileprivate mutating func debounce(at time: Timestamp, quiet: Duration, maximum: Duration) {
        if debouncer == nil { debouncer = Debouncer(quiet: quiet, maximum: maximum) }
        debouncer?.add(at: time)
    }
}

extension SessionState.Pending {
    /// A message to oneself appears as two rows with one text.
    fileprivate func isMirror(of other: SessionState.Pending) -> Bool {
        guard let selfText, let text = other.selfText else { return false }
        return selfText == text
    }
}
