//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import BluewireTransport
import Synchronization

/// Makes one text of what arrives at a hook, and hands it to the hook's chat now or later.
package final class HookReceiver: Sendable {
    private let repository: HookRepository
    private let sender: any OutboundSending
    private let clock: any WallClock
    private let minutes = Mutex<[String: (start: Timestamp, count: Int)]>([:])
    let bell = Bell()

    /// A receiver that sends through the gate.
    package init(
        state: StateDatabase, sender: any OutboundSending, clock: any WallClock = SystemWallClock()
    ) {
        repository = state.hooks(clock: clock)
        self.sender = sender
        self.clock = clock
    }

    /// What became of something that arrived.
    package enum Outcome: Hashable, Sendable {
        /// It is in the outbox.
        case sent(SendID)
        /// It waits, and goes out then.
        case held(until: Timestamp)
        /// Its key was seen before; the send that came of it, where it is known.
        case duplicate(SendID?)
    }

    /// Takes a payload for a hook.
    ///
    /// - Parameter key: a name the sender gave the event, for hooks without a dedupe key of their own.
    /// - Throws: ``HookError``, or ``OutboundError`` when the gate refuses; nothing is kept then.
    package func receive(_ payload: HookPayload, at hook: Hook, key: String? = nil) async throws -> Outcome {
        try count(hook)
        let rules = try HookRules(hook.settings)
        let text = rules.text(of: payload)
        guard !text.isEmpty else { throw HookError.noText }
        let now = clock.now
        let arrival = HookRepository.Arrival(hook: hook, text: text, key: rules.key(of: payload) ?? key)
        switch try await repository.take(arrival, due: { rules.due(at: now, held: $0) }) {
        case .duplicate(let send): return .duplicate(send)
        case .full: throw HookError.full
        case .held(let until):
            bell.ring()
            return .held(until: until)
        case .now(let batch):
            let send: SendID
            do {
                send = try await submit(batch)
            } catch {
                // Whoever posted it learns of the failure and may post it again.
                try? await repository.drop(batch)
                throw error
            }
            do {
                try await repository.finish(batch, send: send)
            } catch {
                // It is in the outbox and must not be posted again. The batch stays due, and its name is the key with
                // which the outbox knows it when it is handed over once more.
                bell.ring()
            }
            return .sent(send)
        }
    }

    /// Delivers every batch that is due.
    ///
    /// - Returns: when the next one is; nil when nothing is held.
    package func flush() async throws -> Timestamp? {
        for batch in try await repository.dueBatches() {
            if let rules = try? HookRules(batch.hook.settings), let end = rules.quietEnd(at: clock.now) {
                try await repository.postpone(batch, until: end)
                continue
            }
            do {
                try await repository.finish(batch, send: try await submit(batch))
            } catch let error as OutboundError {
                let isTemporary = [.unavailable, .limited, .forbidden].contains(error.code)
                if isTemporary, clock.now - batch.arrivedAt < .seconds(3 * 86_400) {
                    try await repository.postpone(batch, until: clock.now + .seconds(60))
                } else {
                    try await repository.drop(batch)
                }
            }
        }
        return try await repository.nextDue()
    }

    /// Hands a batch to the outbox; its name is the key, so that doing it twice sends once.
    private func submit(_ batch: HookBatch) async throws(OutboundError) -> SendID {
        let sender = HookSender(hook: batch.hook, sender: sender)
        return try await sender.submit(HookDigest.text(of: batch.items.map(\.text)), key: batch.id)
    }

    private func count(_ hook: Hook) throws(HookError) {
        let now = clock.now
        let wait = minutes.withLock { minutes -> Int? in
            if minutes.count > 1000 { minutes = minutes.filter { now - $0.value.start < .seconds(60) } }
            var minute = minutes[hook.id] ?? (now, 0)
            if now - minute.start >= .seconds(60) || now < minute.start { minute = (now, 0) }
            guard minute.count < hook.settings.ratePerMinute else {
                return 60 - Int((now - minute.start).components.seconds)
            }
            minutes[hook.id] = (minute.start, minute.count + 1)
            return nil
        }
        if let wait { throw .tooMuch(retryAfter: max(1, wait)) }
    }
}

/// A way out that leads to the chat of one hook: the text is all that can be chosen.
struct HookSender {
    private let chat: ChatID
    private let origin: String
    private let sender: any OutboundSending

    init(hook: Hook, sender: any OutboundSending) {
        chat = hook.chat
        origin = "hook:" + hook.id
        self.sender = sender
    }

    func submit(_ text: String, key: String) async throws(OutboundError) -> SendID {
        let request = SendRequest(
            recipient: .chat(chat), action: .message(Draft(text: text)), key: key, origin: origin)
        return try await sender.submit(request).id
    }
}

/// Several texts as one.
enum HookDigest {
    static func text(of texts: [String]) -> String {
        guard texts.count > 1 else { return texts.first ?? "" }
        var digest = "\(texts.count) events:"
        for (index, text) in texts.enumerated() {
            guard digest.count + text.count + 2 <= HookTemplate.longestText - 20 else {
                return digest + "\n\n… and \(texts.count - index) more"
            }
            digest += "\n\n" + text
        }
        return digest
    }
}
