//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import BluewireTransport
private import Synchronization

extension Outbox {
    /// The sends that may be handed over now, at most one a chat, oldest first.
    package func dueSends() async throws -> [SendRecord] {
        let now = clock.now
        let open = try await store.read { tx in try tx.outboundStop() == nil ? tx.openRecords() : [] }
        let busy = state.withLock { $0.inFlight }
        return Self.heads(of: open, timing: configuration.timing, now: now).filter { !busy.contains($0.id) }
    }

    /// Queued sends no earlier send of their chat holds back.
    static func heads(of open: [SendRecord], timing: SendStateMachine.Timing, now: Timestamp) -> [SendRecord] {
        var holding: [SendRecord] = []
        var heads: [SendRecord] = []
        for record in SendRecord.inOrder(open) {
            let machine = SendStateMachine(record.progress, timing: timing)
            if machine.isDue(at: now), !holding.contains(where: { $0.sharesOrder(with: record) }) {
                heads.append(record)
            }
            if machine.holdsLaterSends(at: now) { holding.append(record) }
        }
        return heads
    }

    /// Hands one send over, unless another process was faster: the durable step to *dispatched* comes first.
    package func dispatch(_ record: SendRecord) async throws {
        state.withLock { _ = $0.inFlight.insert(record.id) }
        defer { state.withLock { _ = $0.inFlight.remove(record.id) } }
        let readiness = await prepare(record)
        guard case .ready(let ready) = readiness else {
            return try await settle(record, readiness)
        }
        try configuration.crashHook(.beforeDispatch)
        guard let attempt = try await take(record, ready) else { return }
        publishBell.ring()
        try configuration.crashHook(.afterDispatch)
        let (outcome, asked) = try await perform(ready, for: record.id, attempt: attempt)
        try configuration.crashHook(.afterPerform)
        let chat = await chat(madeBy: record, outcome)
        try await finish(record.id, attempt: attempt, outcome, asked: asked, chat: chat)
        publishBell.ring()
        try configuration.crashHook(.afterResult)
    }

    // MARK: Before

    /// Everything a hand-over needs.
    private struct Ready: Sendable {
        var target: ResolvedTarget
        var intent: Intent
        var transports: [any Transport]
        var floor: RowID
    }

    private enum Readiness: Sendable {
        case ready(Ready)
        case impossible(Send.Failure)
        case postponed(Send.Failure)
    }

    private func prepare(_ record: SendRecord) async -> Readiness {
        guard let line = configuration.lines.first(where: { $0.id == record.line }) else {
            return .impossible(Send.Failure(code: "no_such_line", remedy: "Configure the line again, then retry."))
        }
        let target: ResolvedTarget
        do {
            target = try await resolver.target(of: record.chat.map(Recipient.chat) ?? record.recipient, line: line.id)
        } catch {
            let failure = Send.Failure(code: error.code.rawValue, remedy: error.remedy)
            return error.code == .notFound || error.code == .ambiguous ? .impossible(failure) : .postponed(failure)
        }
        let intent = Intent(record.action, to: target.target)
        let (able, missing) = await line.transports(for: intent)
        guard !able.isEmpty else {
            let reason = missing.values.sorted().first ?? "The line has no transport."
            let isDown = await line.capabilities.supported.isEmpty
            return isDown
                ? .postponed(Send.Failure(code: "unreachable", remedy: reason))
                : .impossible(Send.Failure(code: "unsupported", remedy: reason))
        }
        do {
            let floor = try await resolver.newestRow(line: line.id)
            return .ready(Ready(target: target, intent: intent, transports: able, floor: floor))
        } catch {
            return .postponed(
                Send.Failure(code: "store_unavailable", remedy: "The Messages database cannot be read. Run doctor."))
        }
    }

    private func settle(_ record: SendRecord, _ readiness: Readiness) async throws {
        let now = clock.now
        let timing = configuration.timing
        try await store.write { tx in
            guard let current = try tx.record(record.id) else { return }
            try Self.apply(to: current, timing: timing, now: now, in: tx) { machine in
                switch readiness {
                case .ready: .none
                case .impossible(let failure): machine.impossible(failure)
                case .postponed(let failure): machine.postponed(failure, now: now)
                }
            }
        }
        publishBell.ring()
    }

    /// Makes the send *dispatched* and ours.
    ///
    /// - Returns: the attempt; nil when somebody else has it, it was cancelled, or it has to wait.
    private func take(_ record: SendRecord, _ ready: Ready) async throws -> Int? {
        let now = clock.now
        let timing = configuration.timing
        let lease = SendLease(owner: configuration.owner, until: now + configuration.leaseTime)
        return try await store.write { tx in
            guard try tx.outboundStop() == nil else { return nil }
            let heads = Self.heads(of: try tx.openRecords(), timing: timing, now: now)
            guard var current = heads.first(where: { $0.id == record.id }) else { return nil }
            current.chat = ready.target.chat ?? current.chat
            current.address = ready.target.target.orderingAddress ?? current.address
            current.isSelf = ready.target.isSelf
            current.lease = lease
            let saved = try Self.apply(to: current, timing: timing, now: now, in: tx) { machine in
                machine.dispatch(floor: ready.floor, endsAtSent: ready.target.target.endsAtSent, now: now)
            }
            guard let attempt = saved?.progress.attempts else { return nil }
            if let transport = ready.transports.first {
                try tx.putAttempt(
                    SendAttempt(number: attempt, transport: transport.name, startedAt: now), of: record.id)
            }
            return attempt
        }
    }

    // MARK: Handing over

    private enum Outcome: Sendable {
        case accepted(MessageID?)
        case refused(SendStateMachine.Refusal)
    }

    /// Asks the transports in their order; the next only when the one before proved that it handed nothing over.
    ///
    /// - Returns: the outcome, and what each of them answered.
    private func perform(_ ready: Ready, for id: SendID, attempt: Int) async throws -> (Outcome, [SendAttempt]) {
        var asked: [SendAttempt] = []
        var refusal = SendStateMachine.Refusal.unreachable(
            Send.Failure(code: "unreachable", remedy: "The line has no transport."))
        for (index, transport) in ready.transports.enumerated() {
            if index > 0 {
                try configuration.crashHook(.betweenTransports)
                // The one before may have taken so long that another process took this one for dead, and that the
                // caller asked again: then nothing may go out under this attempt any more.
                guard try await isOurs(id, attempt: attempt) else { return (.refused(refusal), asked) }
            }
            var entry = SendAttempt(number: attempt, transport: transport.name, startedAt: clock.now)
            do throws(TransportError) {
                let message = try await transport.perform(ready.intent).message
                entry.end(.accepted, at: clock.now)
                return (.accepted(message), asked + [entry])
            } catch {
                let failure = Send.Failure(code: error.reason, remedy: error.remedy)
                switch error.code {
                case .unreachable:
                    refusal = .unreachable(failure)
                    entry.end(.unreachable, reason: error.reason, at: clock.now)
                    asked.append(entry)
                case .rejected, .unsupported:
                    entry.end(.rejected, reason: error.reason, at: clock.now)
                    return (.refused(.rejected(failure)), asked + [entry])
                default:
                    entry.end(.ambiguous, reason: error.reason, at: clock.now)
                    return (.refused(.ambiguous(failure)), asked + [entry])
                }
            }
        }
        return (.refused(refusal), asked)
    }

    /// Whether the attempt is still this process's to hand over.
    private func isOurs(_ id: SendID, attempt: Int) async throws -> Bool {
        guard let record = try await store.read({ try $0.record(id) }) else { return false }
        return record.progress.state == .dispatched && record.progress.attempts == attempt
            && record.lease?.owner == configuration.owner
    }

    /// The chat that a first message made, where the transport says that its row is there.
    private func chat(madeBy record: SendRecord, _ outcome: Outcome) async -> ChatID? {
        guard record.chat == nil, case .accepted(.some) = outcome else { return nil }
        return try? await resolver.target(of: record.recipient, line: record.line).chat
    }

    private func finish(
        _ id: SendID, attempt: Int, _ outcome: Outcome, asked: [SendAttempt], chat: ChatID?
    ) async throws {
        let now = clock.now
        let timing = configuration.timing
        try await store.write { tx in
            for entry in asked { try tx.putAttempt(entry, of: id) }
            guard var current = try tx.record(id) else { return }
            current.chat = current.chat ?? chat
            switch outcome {
            case .refused(let refusal):
                try Self.apply(to: current, timing: timing, now: now, in: tx) {
                    $0.refused(attempt: attempt, refusal, now: now)
                }
            case .accepted(let message):
                let confirmed = try message.flatMap { try Self.claim($0, for: current, attempt: attempt, in: tx) }
                try Self.apply(to: current, timing: timing, now: now, in: tx) {
                    $0.accepted(attempt: attempt, message: confirmed, now: now)
                }
            }
        }
    }

    /// Claims the row a transport named; nil when it cannot be this send's.
    private static func claim(
        _ message: MessageID, for record: SendRecord, attempt: Int, in tx: any SendTransaction
    ) throws -> MessageID? {
        guard !message.rawValue.isEmpty, record.progress.attempts == attempt else { return nil }
        // An edited or unsent message was claimed by the send that made it.
        if record.progress.pieces == [.change] { return message }
        guard SendStateMachine(record.progress).isAwaitingRows else { return nil }
        if let claim = try tx.claim(of: message) { return claim.send == record.id ? message : nil }
        try tx.putClaim(
            SendClaim(
                message: message, send: record.id, attempt: attempt, direction: .outgoing,
                pieces: Array(record.progress.pieces.indices)))
        return message
    }
}

extension Intent {
    /// The intent that carries out `action` at `target`.
    package init(_ action: Send.Action, to target: Target) {
        switch action {
        case .message(let draft): self = .send(draft, to: target)
        case .tapback(let message, let part, let kind, let emoji, let isRemoval):
            self = .tapback(target: message, part: part, kind: kind, emoji: emoji, isRemoval: isRemoval, in: target)
        case .edit(let message, let part, let text): self = .edit(target: message, part: part, text: text, in: target)
        case .unsend(let message, let part): self = .unsend(target: message, part: part, in: target)
        case .chat(let change): self = .chat(change, in: target)
        }
    }
}

extension Target {
    /// The comparable address of a direct chat, or what a group yet to be made goes by; nil for groups that exist.
    var orderingAddress: HandleKey? {
        switch self {
        case .handle(let address, _): HandleKey(address)
        case .group(let addresses, _): .group(of: addresses)
        case .chat(let guid, let isGroup, _, let addresses):
            isGroup ? nil : HandleKey(addresses.first ?? guid.identifier)
        }
    }

    /// Whether delivery and reading are never reported: groups and text messages.
    var endsAtSent: Bool {
        switch self {
        case .handle(_, let channel): channel == .sms
        case .group: true
        case .chat(_, let isGroup, let channel, _): isGroup || channel == .sms
        }
    }
}

extension HandleKey {
    /// What a group yet to be made goes by: its people, in any order.
    static func group(of addresses: [String]) -> HandleKey {
        HandleKey("urn:group:" + Set(addresses.map { HandleKey($0).rawValue }).sorted().joined(separator: ","))
    }
}

extension SendAttempt {
    /// The transport answered.
    fileprivate mutating func end(_ outcome: Outcome, reason: String? = nil, at now: Timestamp) {
        self.outcome = outcome
        self.reason = reason
        endedAt = now
    }
}
