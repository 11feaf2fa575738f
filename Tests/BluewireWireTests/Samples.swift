//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Model values with every field in use.
enum Samples {
    static let time = Timestamp(nanoseconds: 1_773_480_413_589_123_456)
    static let ana = Handle(address: "+15551234567", channel: .iMessage)

    static let plain = Message(
        id: MessageID(rawValue: "A-1"), row: RowID(rawValue: 1), line: LineID(rawValue: "me"), isFromMe: true,
        sentAt: time)

    static let rich: Message = {
        var message = Message(
            id: MessageID(rawValue: "A-2"), row: RowID(rawValue: 2), line: LineID(rawValue: "me"), isFromMe: false,
            sentAt: time)
        message.chat = ChatID(rawValue: "ch_a")
        message.chatGUID = ChatGUID(service: "iMessage", isGroup: false, identifier: ana.address)
        message.body = MessageBody(
            string: "hi “there”\u{fffc}",
            parts: [
                Part(
                    index: 0,
                    content: .text([
                        TextRun(text: "hi ", range: UTF16Range(0, 3)),
                        TextRun(text: "“there”", range: UTF16Range(3, 7), attributes: attributes),
                    ])),
                Part(index: 1, content: .attachment(guid: "at_0_ü/1")), Part(index: 3, content: .balloon),
                Part(index: 4, content: .unsent(originalRange: UTF16Range(1, 2))),
            ])
        message.subject = "S"
        message.sender = ana
        message.channel = .iMessage
        message.deliveredAt = time
        message.readAt = time
        message.editedAt = time
        message.status = .delivered
        message.errorCode = 22
        message.isRead = true
        message.attachments = [Attachment(guid: "at_0_ü/1", name: "a.png"), hidden]
        message.tapbacks = [tapback]
        message.replyThread = ReplyThread(originator: MessageID(rawValue: "A-1"), part: -1)
        message.balloon = Balloon(bundleID: "com.apple.x", summary: "Poll")
        message.balloon?.pollOptions = [Balloon.PollOption(id: "1", text: "yes")]
        message.edits = [
            MessageEdit(part: 0, versions: [.init(text: "a", date: nil), .init(text: "b", date: time)])
        ]
        message.unsentParts = [4]
        message.effect = "com.apple.messages.effect.CKConfettiEffect"
        message.scheduledFor = time
        message.flags = [.voice, .quiet]
        return message
    }()

    static let event: Message = {
        var message = plain
        message.kind = .event
        message.event = GroupEvent(kind: .renamed, subject: ana, title: "Lisbon 🇵🇹")
        return message
    }()

    static let chat: Chat = {
        var chat = Chat(
            id: ChatID(rawValue: "ch_a"),
            guid: ChatGUID(service: "iMessage", isGroup: false, identifier: ana.address),
            line: LineID(rawValue: "me"), isGroup: false,
            participants: [Participant(handle: ana, contact: Contact(id: "c1", name: "Ana"))])
        chat.lastMessageAt = time
        chat.unreadCount = 3
        return chat
    }()

    static let tapback = Tapback(
        id: MessageID(rawValue: "T-1"), target: MessageID(rawValue: "A-2"), part: 0, kind: .emoji, emoji: "🦊",
        sender: ana, isFromMe: false, date: time)

    static let attributes: [TextAttribute] = [
        .mention(address: "a@b.c"), .link("https://example.org/?a=1&b=2"), .bold, .italic, .underline, .strikethrough,
        .effect(5), .detected(type: "date", matched: "tomorrow"), .oneTimeCode("123456"), .transcription("hello"),
        .unknown(name: "x"),
    ]

    static let snapshots: [Snapshot] = [
        .message(rich, changed: ["readAt"], arrival: .late), .deletedMessage(MessageID(rawValue: "A-2")),
        .tapback(tapback), .chat(chat), .send(send), .line(state: "down", reason: "gone"), .gap(reason: "pruned"),
        .typing(ana), .typing(nil),
    ]

    static let createdEvent = GatewayEvent(
        id: "ev1", cursor: Cursor(epoch: "00c0ffee", sequence: 12), kind: .messageCreated, time: time,
        line: LineID(rawValue: "me"), chat: ChatID(rawValue: "ch_a"),
        snapshot: .message(rich, changed: [], arrival: .new))

    static let actions: [Send.Action] = [
        .message(Draft(text: "hi", replyTo: MessageID(rawValue: "A-1"), effect: "e", subject: "s")),
        .tapback(target: MessageID(rawValue: "A-1"), part: 0, kind: .love, emoji: nil, isRemoval: true),
        .edit(target: MessageID(rawValue: "A-1"), part: 1, text: "x"),
        .unsend(target: MessageID(rawValue: "A-1"), part: 1),
    ]

    private static let send = Send(
        id: SendID(rawValue: "sn_1"), recipient: .chat(ChatID(rawValue: "ch_a")), line: LineID(rawValue: "me"),
        action: actions[0], createdAt: time)

    private static let hidden: Attachment = {
        var attachment = Attachment(guid: "hidden")
        attachment.isHidden = true
        return attachment
    }()
}
