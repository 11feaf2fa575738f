//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
private import BluewireState
package import BluewireTransport

/// The only door to the outbox: validates, resolves, chooses the line, checks what it can do.
///
/// Fails closed.
///
/// A request is refused before anything is stored; what is stored has a recipient, a line and a transport able to do it.
package struct OutboundGate: OutboundSending {
    /// What the gate lets through.
    package struct Limits: Hashable, Sendable {
        /// The longest text, in characters.
        package var textLength = 20_000
        /// The longest text, in bytes of UTF-8.
        package var textBytes = 80_000
        /// The longest subject, in characters.
        package var subjectLength = 1000
        /// The most files of one send.
        package var fileCount = 20
        /// The largest file; Messages refuses larger ones.
        package var fileBytes: Int64 = 104_857_600
        /// The largest picture of a group.
        package var iconBytes: Int64 = 10_000_000
        /// The most mentions of one text.
        package var mentionCount = 50
        /// The most choices of one question.
        package var choiceCount = 20
        /// The longest choice, in characters.
        package var choiceLength = 100
        /// The longest name of a group, in characters.
        package var groupNameLength = 100
        /// The most people of a group, us excluded.
        package var groupSize = 31
        /// How far ahead a send may be scheduled.
        package var scheduleAhead: Duration = .seconds(366 * 24 * 3600)
        /// The longest idempotency key, in bytes.
        package var keyBytes = 255

        /// The defaults.
        package init() {}
    }

    private let outbox: Outbox
    private let defaultLine: LineID?
    private let reader: (any ChatReading)?
    private let limits: Limits
    private let budget: @Sendable () -> Budget

    /// A gate before `outbox`.
    ///
    /// - Parameters:
    ///   - defaultLine: used when nothing else decides; nil makes an undecided line an error, unless there is only one.
    ///   - reader: tells the line of chats and messages, and whether a message acted upon exists and is ours.
    ///   - budget: how much each origin may send; asked for every send.
    package init(
        outbox: Outbox, defaultLine: LineID? = nil, reader: (any ChatReading)? = nil, limits: Limits = Limits(),
        budget: @autoclosure @escaping @Sendable () -> Budget = Budget()
    ) {
        self.outbox = outbox
        self.defaultLine = defaultLine
        self.reader = reader
        self.limits = limits
        self.budget = budget
    }

    package func submit(_ request: SendRequest) async throws(OutboundError) -> Send {
        var request = request
        request.action = try validated(request)
        request.recipient = try GroupCheck(limits: limits).checked(request.recipient)
        let digest = RequestDigest.of(request)
        if let key = request.key, let first = try await first(key, origin: request.origin, digest: digest) {
            return first
        }
        try await checkStop()
        try checkSchedule(request.notBefore)
        try FileCheck(limits: limits).check(request.action)
        try await checkTarget(request.action)
        let (line, target) = try await place(request)
        try await checkPeople(request.action, in: target)
        let action = try await rendered(request.action, on: line)
        try await checkCapabilities(of: line, for: Intent(action, to: target.target))
        var record = SendRecord(
            id: SendID.random(), origin: request.origin, recipient: request.recipient, line: line.id,
            action: action, createdAt: outbox.clock.now)
        record.chat = target.chat
        record.address = target.target.orderingAddress
        record.isSelf = target.isSelf
        record.isFirstContact = target.chat == nil
        record.progress.scheduledAt = request.notBefore
        return try await outbox.store(
            AdmittedSend(
                record: record, allowance: budget().allowance(of: request.origin), key: request.key, digest: digest))
    }

    package func signal(_ signal: Signal, in chat: ChatID) async {
        // Best effort by contract, but never against the switch: when it cannot be read nothing is signalled.
        do throws(OutboundError) {
            try await checkStop()
        } catch {
            return
        }
        let request = SendRequest(recipient: .chat(chat), action: .message(Draft(text: "")), origin: "signal")
        guard let (line, target) = try? await place(request) else { return }
        let intent: Intent =
            switch signal {
            case .typing(let isOn): .typing(isOn: isOn, in: target.target)
            case .read: .markRead(in: target.target)
            case .unread: .markUnread(in: target.target)
            }
        for transport in await line.transports(for: intent).able {
            do throws(TransportError) {
                _ = try await transport.perform(intent)
                return
            } catch {
                guard error.code == .unreachable else { return }
            }
        }
    }

    package func send(_ id: SendID) async throws -> Send? {
        try await outbox.send(id)
    }

    // MARK: Checks

    private func first(_ key: String, origin: String, digest: [UInt8]) async throws(OutboundError) -> Send? {
        let known: Outbox.KnownKey
        do {
            known = try await outbox.known(key, origin: origin, digest: digest)
        } catch {
            throw Outbox.unavailable(error)
        }
        switch known {
        case .unused: return nil
        case .first(let send): return send
        case .otherRequest: throw .keyReused
        }
    }

    private func checkStop() async throws(OutboundError) {
        let stop: OutboundStop?
        do {
            stop = try await outbox.outboundStop()
        } catch {
            throw Outbox.unavailable(error)
        }
        if let stop { throw .stopped(stop) }
    }

    /// A time to go out at lies neither behind us, which would be a mistake in the zone, nor too far ahead.
    private func checkSchedule(_ time: Timestamp?) throws(OutboundError) {
        guard let time else { return }
        let now = outbox.clock.now
        guard time >= now - .seconds(60), time <= now + limits.scheduleAhead else {
            throw .invalid(
                "The time to send at is past or too far ahead.", "Give a time with its zone, at most a year ahead.",
                member: "sendAt")
        }
    }

    /// Who is mentioned, added or removed must fit the chat.
    private func checkPeople(_ action: Send.Action, in target: ResolvedTarget) async throws(OutboundError) {
        let check = GroupCheck(limits: limits)
        switch action {
        case .message(let draft): try check.check(draft.mentions, in: target.target)
        case .chat(let change):
            let chat: Chat?
            do {
                chat = if let id = target.chat { try await reader?.chat(id) } else { nil }
            } catch {
                throw .storeUnavailable
            }
            try check.check(change, of: target.target, chat: chat)
        case .tapback, .edit, .unsend: return
        }
    }

    /// The action as the line can carry it: where no transport knows lists, choices become lines of the text.
    ///
    /// What is stored is what is sent, so its row is recognised.
    private func rendered(_ action: Send.Action, on line: Line) async throws(OutboundError) -> Send.Action {
        guard case .message(var draft) = action, !draft.choices.isEmpty,
            await !line.capabilities.supported.contains(.choices)
        else { return action }
        draft.text = ChoiceText.render(question: draft.text, choices: draft.choices)
        draft.choices = []
        try DraftCheck(limits: limits).check(text: draft.text)
        return .message(draft)
    }

    /// The action, checked as far as that is possible without looking anywhere.
    private func validated(_ request: SendRequest) throws(OutboundError) -> Send.Action {
        if let key = request.key, key.isEmpty || key.utf8.count > limits.keyBytes {
            throw .invalid("The idempotency key is empty or too long.", "Use 1 to \(limits.keyBytes) bytes.")
        }
        switch request.action {
        case .message(let draft): return .message(try DraftCheck(limits: limits).checked(draft))
        case .chat(let change): return .chat(try GroupCheck(limits: limits).checked(change))
        case .tapback(_, _, let kind, let emoji, _):
            guard Tapback.Kind(name: kind.name) != nil else {
                throw .invalid(
                    "This kind of tapback cannot be sent.",
                    "Use love, like, dislike, laugh, emphasize, question or emoji.")
            }
            guard (kind == .emoji) == (emoji != nil), emoji.map({ $0.count == 1 && !$0.isPlainASCII }) ?? true else {
                throw .invalid(
                    "The emoji does not fit the tapback.", "Give one emoji with the kind emoji, none otherwise.")
            }
        case .edit(_, let part, let text):
            try DraftCheck(limits: limits).check(text: text)
            guard part >= 0, !NormalisedText(text).rawValue.isEmpty else {
                throw .invalid("The edit has no text or no part.", "Give the new text; to remove a part, unsend it.")
            }
        case .unsend(_, let part):
            guard part >= 0 else { throw .invalid("The part is negative.", "Parts are counted from 0.") }
        }
        return request.action
    }

    /// A message acted upon must be there; only own ones can be changed.
    private func checkTarget(_ action: Send.Action) async throws(OutboundError) {
        let target: MessageID
        var mustBeOwn = false
        switch action {
        case .message(let draft):
            guard let replyTo = draft.replyTo else { return }
            target = replyTo
        case .tapback(let message, _, _, _, _): target = message
        case .edit(let message, _, _), .unsend(let message, _):
            target = message
            mustBeOwn = true
        case .chat: return
        }
        guard let reader else { return }
        let message: Message?
        do {
            message = try await reader.message(target)
        } catch {
            throw .storeUnavailable
        }
        guard let message else {
            throw OutboundError(
                .notFound, message: "There is no such message.", remedy: "Use the id an event or a list gave.")
        }
        if mustBeOwn, !message.isFromMe {
            throw .invalid("The message is not one of ours.", "Only own messages can be edited or unsent.")
        }
    }

    // MARK: Line and recipient

    /// The line and the place on it: the line asked for, else the message's, the chat's, the last used, the default.
    private func place(_ request: SendRequest) async throws(OutboundError) -> (Line, ResolvedTarget) {
        let lines = outbox.configuration.lines
        if let id = request.line {
            guard let line = lines.first(where: { $0.id == id }) else {
                throw OutboundError(.notFound, message: "There is no such line.", remedy: "List the lines.")
            }
            return (line, try await outbox.resolver.target(of: request.recipient, line: id))
        }
        if lines.count == 1, let only = lines.first {
            return (only, try await outbox.resolver.target(of: request.recipient, line: only.id))
        }
        if let id = try await ownLine(of: request), let line = lines.first(where: { $0.id == id }) {
            return (line, try await outbox.resolver.target(of: request.recipient, line: id))
        }
        return try await searchedPlace(of: request.recipient, among: lines)
    }

    /// The line that the message answered, the chat, or the newest send to the recipient belongs to.
    private func ownLine(of request: SendRequest) async throws(OutboundError) -> LineID? {
        do {
            if let message = request.action.target, let line = try await reader?.message(message)?.line { return line }
            switch request.recipient {
            case .chat(let chat):
                if let line = try await reader?.chat(chat)?.line { return line }
                return try await outbox.lastLine(chat: chat, address: nil)
            case .handle(let address): return try await outbox.lastLine(chat: nil, address: HandleKey(address))
            case .group(let people, _): return try await outbox.lastLine(chat: nil, address: .group(of: people))
            }
        } catch {
            throw .storeUnavailable
        }
    }

    /// The only line that knows the recipient, else the default line.
    private func searchedPlace(
        of recipient: Recipient, among lines: [Line]
    ) async throws(OutboundError) -> (Line, ResolvedTarget) {
        var known: [(Line, ResolvedTarget)] = []
        for line in lines {
            do throws(OutboundError) {
                let target = try await outbox.resolver.target(of: recipient, line: line.id)
                if target.chat != nil { known.append((line, target)) }
            } catch {
                guard error.code == .notFound else { throw error }
            }
        }
        if known.count == 1 { return known[0] }
        if let found = known.first(where: { $0.0.id == defaultLine }) { return found }
        guard known.isEmpty else {
            throw OutboundError(
                .ambiguous, message: "Several lines know the recipient.", remedy: "Name the line.",
                candidates: known.compactMap(\.1.chat))
        }
        guard let line = lines.first(where: { $0.id == defaultLine }) else {
            throw OutboundError(
                .ambiguous, message: "No line is chosen.", remedy: "Name the line, or configure a default line.")
        }
        return (line, try await outbox.resolver.target(of: recipient, line: line.id))
    }

    private func checkCapabilities(of line: Line, for intent: Intent) async throws(OutboundError) {
        let (able, missing) = await line.transports(for: intent)
        guard able.isEmpty else { return }
        let lacking = Capability.all.filter { missing[$0] != nil }
        let reasons = lacking.compactMap { capability in missing[capability].map { "\(capability): \($0)" } }
        throw OutboundError(
            .unsupported,
            message: reasons.isEmpty
                ? "The line has no transport." : "The line cannot do this. \(reasons.joined(separator: " "))",
            remedy: lacking.first?.nearestEquivalent ?? "Configure a transport for the line.")
    }
}

extension Send.Action {
    /// The message acted upon or answered.
    fileprivate var target: MessageID? {
        switch self {
        case .message(let draft): draft.replyTo
        case .chat: nil
        case .tapback(let target, _, _, _, _), .edit(let target, _, _), .unsend(let target, _): target
        }
    }
}

extension Capability {
    /// What comes closest where a line cannot do it.
    ///
    /// Never done by itself.
    package var nearestEquivalent: String {
        switch self {
        case .tapback, .emojiTapback: "Answer with a message of your own words, or use a line that can put on tapbacks."
        case .reply: "Send it without replyTo, and name in the text what you answer."
        case .edit: "Send a correction as a new message, or edit it in Messages."
        case .unsend: "Take it back in Messages on a device."
        case .effect: "Send it without the effect."
        case .subject: "Put the subject into the first line of the text."
        case .file: "Send a link to the file as text."
        case .mention: "Send it without mentions; the names stay in the text."
        case .voiceNote: "Send the file without voiceNote; it arrives as an ordinary audio file."
        case .parts: "Send the texts and files one after another."
        case .groupCreate: "Make the group once in Messages; afterwards it can be used."
        case .groupRename, .groupIcon, .groupMembers, .groupLeave: "Change the group in Messages on a device."
        case .markUnread: "Mark it as unread in Messages on a device."
        case .newChat: "Write to the person once in Messages; afterwards the chat can be used."
        default: "Use another line, or bring this one up."
        }
    }
}
