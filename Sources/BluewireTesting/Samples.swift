//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
public import BluewireTransport

/// Small values to test with.
public enum Samples {
    /// The line of all samples.
    public static let line = LineID(rawValue: "test")
    /// The chat of samples that name none.
    public static let chat = ChatID(rawValue: "ch_test")

    /// An incoming text message.
    public static func message(
        _ id: String, text: String = "hello", chat: ChatID = Samples.chat, isFromMe: Bool = false
    ) -> Message {
        var message = Message(
            id: MessageID(rawValue: id), row: RowID(rawValue: 1), line: line, isFromMe: isFromMe,
            sentAt: Timestamp(seconds: 1_768_478_400))
        message.chat = chat
        message.body = MessageBody(text: text)
        if !isFromMe { message.sender = Handle(address: "+15550001", channel: .iMessage) }
        message.channel = .iMessage
        return message
    }

    /// The observation of a new message.
    public static func created(_ id: String, text: String = "hello", chat: ChatID = Samples.chat) -> Observation {
        .created(message(id, text: text, chat: chat), arrival: .new)
    }

    /// The observation of a change told apart by a fingerprint.
    public static func updated(_ id: String, text: String, fingerprint: UInt64) -> Observation {
        .updated(message(id, text: text), changed: ["text"], discriminator: .fingerprint(fingerprint))
    }

    /// A batch of observations with a one-byte checkpoint.
    public static func batch(_ observations: Observation..., checkpoint: UInt8 = 1) -> SourceBatch {
        SourceBatch(observations: observations, checkpoint: [checkpoint])
    }
}
