//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireCodec
internal import BluewireModel

extension World {
    /// Somebody writes to us.
    ///
    /// - Parameters:
    ///   - reference: the chat, or the person for their direct chat.
    ///   - sender: who writes in a group; nil for the only other participant.
    ///   - sentAt: when they sent it; nil for now. Much earlier makes it a genuine late message.
    @discardableResult
    mutating func say(
        in reference: String, as sender: String?, _ content: MessageContent, at now: Timestamp,
        sentAt: Timestamp? = nil
    ) throws -> Receipt {
        guard !content.text.isEmpty || !content.files.isEmpty else {
            throw SimulatorError(.invalid, "There is nothing to say.", remedy: "Pass a text or a file.")
        }
        lastNow = now
        let faults = takeFaults()
        let chat = try self.chat(reference) ?? directChat(with: reference)
        if chat.isSelf { return try noteToSelf(in: chat, content, faults: faults, at: now) }
        if chat.hasLeft == true { throw SimulatorError.hasLeft }
        let address = try self.sender(sender, in: chat)
        if faults.backfill > 0 { try backfill(count: faults.backfill, in: chat, at: now) }
        setTyping(false, in: chat, address: address)
        // Dates come from the sender's device and have milliseconds.
        let date = Timestamp(milliseconds: (sentAt ?? now).milliseconds)
        let isLate = now - date > .seconds(300)
        let outline = Outline(
            guid: random.uuid(), chat: chat, address: address, isFromMe: false, date: date, content: content,
            label: isLate ? .late : .new, kind: "say"
        )
        let row = try write(
            outline, state: ["is_finished": 1, "is_delivered": 1, "is_sent": 0, "is_read": 0], faults: faults
        )
        detect(outline, faults: faults, at: now)
        if faults.readInboundMs > 0 {
            timeline.add(.readByUs(message: outline.guid), at: now + .milliseconds(faults.readInboundMs))
        }
        if faults.duplicateSelf { try duplicate(outline) }
        if faults.orphan { try orphan(at: now) }
        try settle(faults, at: now)
        return Receipt(message: outline.guid, chat: chat.guid, row: row)
    }

    /// Schedules data detection, which marks the row and, where it finds a link, rewrites the body.
    mutating func detect(_ outline: Outline, faults: Faults, at now: Timestamp) {
        guard !faults.noBody else { return }
        let content = outline.content
        let bytes =
            content.hasLinks
            ? BodyEncoder.encode(content.body(of: outline.guid, detectsLinks: true)) : nil
        let after = Duration.milliseconds(faults.lateBodyMs) + scaled(random.milliseconds(250...600))
        timeline.add(.detected(message: outline.guid, bytes: bytes), at: now + after)
    }

    /// A note to self from the phone: the sent row and its incoming mirror.
    private mutating func noteToSelf(
        in chat: SimulatedChat, _ content: MessageContent, faults: Faults, at now: Timestamp
    ) throws -> Receipt {
        let outline = Outline(
            guid: random.uuid(), chat: chat, address: owner.number, isFromMe: true, date: now, content: content,
            kind: "self"
        )
        let row = try write(
            outline,
            state: [
                "is_finished": 1, "is_sent": 1, "is_delivered": 1, "is_read": 1,
                "date_delivered": AppleTime.rawNanoseconds(now),
            ],
            faults: faults
        )
        try mirror(outline, faults: faults)
        try settle(faults, at: now)
        return Receipt(message: outline.guid, chat: chat.guid, row: row)
    }

    /// The incoming copy of a message to ourselves.
    mutating func mirror(_ outline: Outline, faults: Faults) throws {
        var copy = outline
        copy.guid = random.uuid()
        copy.isFromMe = false
        copy.address = owner.number
        copy.date = outline.date + .milliseconds(1)
        copy.label = .duplicate
        copy.kind = "mirror"
        _ = try write(copy, state: ["is_finished": 1, "is_delivered": 1, "is_sent": 0, "is_read": 0], faults: Faults())
        if faults.duplicateSelf { try duplicate(copy) }
    }

    /// A copy with another guid, as iCloud sometimes makes.
    mutating func duplicate(_ outline: Outline) throws {
        var copy = outline
        copy.guid = random.uuid()
        copy.label = .duplicate
        copy.kind = "duplicate"
        let state: RowValues = [
            "is_finished": 1, "is_delivered": 1, "is_sent": outline.isFromMe, "is_read": 0, "was_deduplicated": 0,
        ]
        _ = try write(copy, state: state, faults: Faults())
    }

    /// A row that belongs to no chat, such as a deleted verification code.
    mutating func orphan(at now: Timestamp) throws {
        let guid = random.uuid()
        let code = Int.random(in: 100_000...999_999, using: &random)
        let content = MessageContent(text: "Your code is \(code).")
        let chat = SimulatedChat(
            guid: "", isGroup: false, name: nil, participants: [], service: "SMS", isSelf: false
        )
        let outline = Outline(
            guid: guid, chat: chat, address: "26296", isFromMe: false, date: now, content: content, kind: "orphan"
        )
        _ = try write(outline, state: ["is_finished": 1, "is_delivered": 1, "is_read": 0], faults: Faults())
    }

    /// Who speaks in a chat.
    func sender(_ address: String?, in chat: SimulatedChat) throws -> String {
        guard let address else {
            if chat.participants.count == 1, let only = chat.participants.first { return only }
            throw SimulatorError(.invalid, "In a group somebody must speak.", remedy: "Pass as: <address>.")
        }
        let key = HandleKey(address)
        guard let known = chat.participants.first(where: { HandleKey($0) == key }) else {
            throw SimulatorError(
                .invalid, "That person is not in this chat.", remedy: "GET /state lists the participants."
            )
        }
        return known
    }

    /// Shows or hides that somebody types.
    mutating func setTyping(_ isOn: Bool, in chat: SimulatedChat, address: String) {
        var who = typing[chat.guid] ?? []
        guard who.contains(address) != isOn else { return }
        if isOn { who.append(address) } else { who.removeAll { $0 == address } }
        typing[chat.guid] = who.isEmpty ? nil : who
        feed.add("typing", chat: chat.guid, address: address, isOn: isOn)
    }
}

/// What was written.
package struct Receipt: Sendable, Codable, Hashable {
    /// The guid of the row; nil when the caller cannot know it.
    package var message: String?
    /// The guid of its chat.
    package var chat: String
    /// The row's number.
    package var row: Int64?
}
