//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import Foundation  // Row lends blobs as Data.
package import GRDB

/// One row of the message table as stored; NULL and 0 alike in every integer.
package struct MessageRow: Sendable {
    /// The row number.
    package var row: Int64
    /// Apple's GUID.
    package var guid: String
    /// The plain-text column; the archive wins over it.
    package var text: String?
    /// The body as an archive.
    package var attributedBody: [UInt8]?
    /// The subject line.
    package var subject: String?
    /// The other party, or the sender in a group; 0 for none.
    package var handle: Int64
    /// What carried it.
    package var service: String?
    /// Apple's error number.
    package var error: Int64
    /// When it was sent, as stored.
    package var date: Int64
    /// When it was read, as stored.
    package var dateRead: Int64
    /// When it was delivered, as stored.
    package var dateDelivered: Int64
    /// Whether it was delivered.
    package var isDelivered: Bool
    /// Whether the daemon is done composing it.
    package var isFinished: Bool
    /// Whether we sent it.
    package var isFromMe: Bool
    /// Whether it was read.
    package var isRead: Bool
    /// Whether the system or the service wrote it.
    package var isNotice: Bool
    /// Whether it was handed over.
    package var isSent: Bool
    /// Whether it was re-sent as SMS.
    package var wasDowngraded: Bool
    /// Whether it is a voice note.
    package var isAudioMessage: Bool
    /// 0 for messages, else the kind of event.
    package var itemType: Int64
    /// Whom an event is about.
    package var otherHandle: Int64
    /// The new name of a group.
    package var groupTitle: String?
    /// What an event did.
    package var groupAction: Int64
    /// 0 for started, 1 for stopped sharing.
    package var shareStatus: Int64
    /// What the row is about; see ``TapbackReference``.
    package var associatedGUID: String?
    /// Tapbacks, votes and updates.
    package var associatedType: Int64
    /// The emoji of a tapback.
    package var associatedEmoji: String?
    /// The app of a balloon.
    package var balloonBundle: String?
    /// The payload of a balloon.
    package var payload: [UInt8]?
    /// The send effect.
    package var effect: String?
    /// Edits and unsends, as an archive.
    package var summary: [UInt8]?
    /// The own address it was sent from or to.
    package var ownAddress: String?
    /// Whether it was reported as junk.
    package var isSpam: Bool
    /// The first message of the reply thread.
    package var threadOriginator: String?
    /// The part of the originator, with its range.
    package var threadPart: String?
    /// Whether the recipient had a Focus on.
    package var wasQuiet: Bool
    /// When it was taken back, as stored; mostly 0.
    package var dateRetracted: Int64
    /// When it was edited, as stored.
    package var dateEdited: Int64
    /// 2 for messages to be sent later.
    package var scheduleType: Int64
    /// How far a message to be sent later got.
    package var scheduleState: Int64
    /// Whether it was sent or received off the grid.
    package var isOffGrid: Bool
    /// Whether a satellite is or was involved.
    package var isSatellite: Bool
    /// Whether it waits for a satellite.
    package var isPendingSatellite: Bool
    /// Whether it is an automatic reply.
    package var isAutoReply: Bool

    /// Reads a row selected with ``MessageColumn/list(_:)`` as its first columns.
    package init(_ row: Row) {
        func integer(_ column: MessageColumn) -> Int64 { row[column.rawValue] as Int64? ?? 0 }
        func flag(_ column: MessageColumn) -> Bool { integer(column) != 0 }
        func string(_ column: MessageColumn) -> String? { row[column.rawValue] as String? }
        func bytes(_ column: MessageColumn) -> [UInt8]? {
            let value: [UInt8]? = try? row.withUnsafeData(atIndex: column.rawValue) { $0.map { [UInt8]($0) } }
            return value
        }
        self.row = integer(.row)
        guid = string(.guid) ?? ""
        text = string(.text)
        attributedBody = bytes(.attributedBody)
        subject = string(.subject)
        handle = integer(.handle)
        service = string(.service)
        error = integer(.error)
        date = integer(.date)
        dateRead = integer(.dateRead)
        dateDelivered = integer(.dateDelivered)
        isDelivered = flag(.isDelivered)
        isFinished = flag(.isFinished)
        isFromMe = flag(.isFromMe)
        isRead = flag(.isRead)
        isNotice = flag(.isSystemMessage) || flag(.isServiceMessage)
        isSent = flag(.isSent)
        wasDowngraded = flag(.wasDowngraded)
        isAudioMessage = flag(.isAudioMessage)
        itemType = integer(.itemType)
        otherHandle = integer(.otherHandle)
        groupTitle = string(.groupTitle)
        groupAction = integer(.groupAction)
        shareStatus = integer(.shareStatus)
        associatedGUID = string(.associatedGUID)
        associatedType = integer(.associatedType)
        associatedEmoji = string(.associatedEmoji)
        balloonBundle = string(.balloonBundle)
        payload = bytes(.payload)
        effect = string(.effect)
        summary = bytes(.summary)
        ownAddress = string(.ownAddress) ?? string(.account)
        isSpam = flag(.isSpam)
        threadOriginator = string(.threadOriginator)
        threadPart = string(.threadPart)
        wasQuiet = flag(.wasQuiet)
        dateRetracted = integer(.dateRetracted)
        dateEdited = integer(.dateEdited)
        scheduleType = integer(.scheduleType)
        scheduleState = integer(.scheduleState)
        isOffGrid = flag(.isOffGrid)
        isSatellite = isOffGrid || flag(.isPendingSatellite) || flag(.isStewie)
        isPendingSatellite = flag(.isPendingSatellite)
        isAutoReply = flag(.isAutoReply)
    }

    /// Whether it waits to be sent later: its date lies in the future and says nothing yet.
    package var isScheduled: Bool { scheduleType == 2 && !isSent && scheduleState != 2 }

    /// Whether it is a tapback, a placed sticker or the removal of one.
    package var isTapback: Bool { TapbackType(associatedType) != nil }
}
