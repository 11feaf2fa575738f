//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// A fingerprint of a row's raw columns, in groups that name what changed.
struct RowFingerprint: Hashable, Sendable {
    /// Raised whenever the columns behind a group change; a stored fingerprint of another version is baselined anew.
    static let version: UInt8 = 1

    /// One group of columns; the raw value is the lane, and the names are those of `message.updated`.
    enum Group: Int, CaseIterable {
        case delivered, read, edited, unsent, body, attachments, status, error, balloon, chat, isFromMe, sender
        case date, played, subject
        /// The delivered and read flags without their dates.
        case receipt
    }

    private(set) var lanes: SIMD16<UInt32>

    init(lanes: SIMD16<UInt32>) {
        self.lanes = lanes
    }

    init(_ row: WatchedRow) {
        lanes = .zero
        set(.delivered, row.dateDelivered, 0)
        set(.read, row.dateRead, 0)
        set(.edited, row.dateEdited, 0)
        set(.unsent, row.dateRetracted, row.partCount)
        set(.body, row.bodyLength &* 31 &+ row.textLength, row.summaryLength)
        set(.attachments, row.attachmentCount, row.attachmentDigest)
        set(.status, (row.isSent ? 1 : 0) | (row.isFinished ? 2 : 0), row.marks)
        set(.error, row.error, 0)
        set(.balloon, row.payloadLength, row.balloon == nil ? 0 : 1)
        set(.chat, text: row.chat)
        set(.isFromMe, row.isFromMe ? 1 : 0, 0)
        set(.sender, text: row.sender?.address)
        set(.date, row.date?.nanoseconds ?? 0, row.dateRecovered)
        set(.played, row.datePlayed, 0)
        set(.subject, row.subjectLength, 0)
        set(.receipt, row.isDelivered ? 1 : 0, row.isRead ? 1 : 0)
    }

    /// The groups in which `other` differs.
    func changes(to other: RowFingerprint) -> [Group] {
        guard lanes != other.lanes else { return [] }
        return Group.allCases.filter { lanes[$0.rawValue] != other.lanes[$0.rawValue] }
    }

    /// The names that `message.updated` carries for a change of `groups` that led to `row`.
    static func names(of groups: [Group], in row: WatchedRow) -> [String] {
        var names: [String] = []
        for group in groups {
            let name =
                switch group {
                case .edited: groups.contains(.unsent) || max(row.bodyLength, row.textLength) <= 0 ? "unsent" : "edited"
                case .receipt: row.isRead ? "read" : "delivered"
                default: String(describing: group)
                }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The Apple time that makes a change of `groups` unique; nil when only the fingerprint does.
    ///
    /// A time is used only when it changed itself, and not when two of them may be equal (Apple writes equal delivery
    /// and read times).
    static func date(of groups: [Group], in row: WatchedRow) -> Int64? {
        if groups.contains(.edited), row.dateEdited != 0 { return row.dateEdited }
        let others: Set<Group> = [.body, .attachments, .error, .balloon, .chat, .isFromMe, .sender, .date, .subject]
        guard others.isDisjoint(with: groups), row.dateRead != row.dateDelivered else { return nil }
        if groups.contains(.read), row.dateRead != 0 { return row.dateRead }
        if groups.contains(.delivered), row.dateDelivered != 0 { return row.dateDelivered }
        return nil
    }

    /// One number for all groups.
    var combined: UInt64 {
        var hash = StableHash()
        for lane in 0..<lanes.scalarCount { hash.add(Int64(lanes[lane])) }
        return hash.value
    }

    private mutating func set(_ group: Group, _ first: Int64, _ second: Int64) {
        var hash = StableHash()
        hash.add(first)
        hash.add(second)
        lanes[group.rawValue] = hash.folded
    }

    private mutating func set(_ group: Group, text: String?) {
        var hash = StableHash()
        hash.add(text)
        lanes[group.rawValue] = hash.folded
    }
}
