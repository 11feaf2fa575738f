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
    package var row: Int64
    package var guid: String
    package var text: String?
    package var attributedBody: [UInt8]?
    package var subject: String?
    package var handle: Int64
    package var service: String?
    package var error: Int64
    package var date: Int64
    package var dateRead: Int64
    package var dateDelivered: Int64
    package var isDelivered: Bool
    package var isFinished: Bool
    package var isFromMe: Bool
    package var isRead: Bool
    package var isNotice: Bool
    package var isSent: Bool
    package var wasDowngraded: Bool
    package var isAudioMessage: Bool
    package var itemType: Int64
    package var otherHandle: Int64
    package var groupTitle: String?
    package var groupAction: Int64
    package var shareStatus: Int64
    package var associatedGUID: String?
    package var associatedType: Int64
    package var associatedEmoji: String?
    package var balloonBundle: String?
    package var payload: [UInt8]?
    package var effect: String?
    package var summary: [UInt8]?
    package var ownAddress: String?
    package var isSpam: Bool
    package var threadOriginator: String?
    package var threadPart: String?
    package var wasQuiet: Bool
    package var dateRetracted: Int64
    package var dateEdited: Int64
    package var scheduleType: Int64
    package var scheduleState: Int64
    package var isSatellite: Bool
    package var isPendingSatellite: Bool
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
        isSatellite = flag(.isOffGrid) || flag(.isPendingSatellite) || flag(.isStewie)
        isPendingSatellite = flag(.isPendingSatellite)
        isAutoReply = flag(.isAutoReply)
    }

    /// Whether it waits to be sent later: its date lies in the future and says nothing yet.
    package var isScheduled: Bool { scheduleType == 2 && !isSent && scheduleState != 2 }

    /// Whether it is a tapback, a placed sticker or the removal of one.
    package var isTapback: Bool {
        associatedType == 1000 || (2000...2007).contains(associatedType) || (3000...3007).contains(associatedType)
    }
}
