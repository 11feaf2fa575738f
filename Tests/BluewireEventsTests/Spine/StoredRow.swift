//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport

@testable import BluewireStore

/// One row of the simulated Messages database, and what it truly is.
struct StoredRow: Hashable {
    /// What the classifier should make of it.
    enum Truth: Hashable { case genuine, history, copy, ghost }

    var number: Int64
    let guid: String
    /// The index of its chat.
    let place: Int
    let isFromMe: Bool
    var date: Timestamp
    var text: String
    var truth = Truth.genuine
    /// The send it came from.
    var tag: String?
    var isJoined = true
    var hasBody = true
    var error = 0
    var deliveredAt: Timestamp?
    var readAt: Timestamp?
    var editedAt: Timestamp?
    var cloudState: Int64 = 0

    init(number: Int64, guid: String, place: Int, isFromMe: Bool, date: Timestamp, text: String) {
        self.number = number
        self.guid = guid
        self.place = place
        self.isFromMe = isFromMe
        self.date = date
        self.text = text
    }

    static let addresses = ["+15550001", "self"]
    static let guids = addresses.map { ChatGUID(rawValue: "iMessage;-;\($0)") }

    /// As the store's reader decodes it.
    var message: Message {
        var message = Message(
            id: MessageID(rawValue: guid), row: RowID(rawValue: number), line: SimulatedMessages.line,
            isFromMe: isFromMe, sentAt: date)
        if isJoined {
            message.chat = SimulatedMessages.chats[place]
            message.chatGUID = Self.guids[place]
        }
        message.body = MessageBody(text: hasBody ? text : "")
        message.errorCode = error
        message.deliveredAt = deliveredAt
        message.readAt = readAt
        message.editedAt = editedAt
        message.isRead = !isFromMe && readAt != nil
        if isFromMe {
            message.status =
                error != 0 ? .failed : readAt != nil ? .read : deliveredAt != nil ? .delivered : .sent
        } else {
            message.sender = Handle(address: Self.addresses[place], channel: .iMessage)
        }
        return message
    }

    var own: OwnRow { OwnRow(message: message, isJoined: isJoined) }

    /// As the watcher's queries read it.
    var watched: WatchedRow {
        var row = WatchedRow(row: number, guid: guid)
        row.chat = isJoined ? Self.guids[place].rawValue : nil
        row.chatRow = isJoined ? Int64(place + 1) : 0
        row.handle = isFromMe ? 0 : Int64(place + 1)
        row.sender = isFromMe ? nil : Handle(address: Self.addresses[place], channel: .iMessage)
        row.date = date
        row.isFromMe = isFromMe
        row.isSent = isFromMe && error == 0
        row.isDelivered = deliveredAt != nil
        row.isRead = readAt != nil
        row.dateDelivered = deliveredAt.map(AppleDate.raw) ?? 0
        row.dateRead = readAt.map(AppleDate.raw) ?? 0
        row.dateEdited = editedAt.map(AppleDate.raw) ?? 0
        row.error = Int64(error)
        row.textLength = hasBody && !text.isEmpty ? Int64(text.utf8.count) : -1
        row.bodyLength = hasBody && !text.isEmpty ? Int64(text.utf8.count + 90) : -1
        row.cloudState = cloudState
        return row
    }
}
