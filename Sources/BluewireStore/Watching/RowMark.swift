//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What is stored about a message row that was seen: its fingerprint, and what is needed to explain its deletion.
struct RowMark: Hashable, Sendable {
    var guid: String
    /// The row number in today's file; 0 when the row is not in it.
    var row: Int64
    var date: Timestamp
    var chat: String?
    var fingerprint: RowFingerprint
    var state: State
    var isUnfinished: Bool
    /// The tapback the row puts on; nil for messages and removals.
    var tapback: StoredTapback?
    /// Whether the row is a tapback or a removal: such rows are no messages.
    var isTapback: Bool

    /// How far the row got.
    enum State: UInt8, Sendable {
        /// It was emitted, or stood there when the baseline was taken.
        case known = 0
        /// It waits to be sent later.
        case scheduled = 1
        /// It never got a chat; it is emitted should one appear.
        case orphan = 2
        /// Its deletion was emitted.
        case deleted = 3
    }

    init(_ row: WatchedRow, state: State) {
        guid = row.guid
        self.row = row.row
        date = row.date ?? Timestamp(nanoseconds: 0)
        chat = row.chat
        fingerprint = RowFingerprint(row)
        self.state = state
        isUnfinished = row.isUnfinished
        isTapback = row.isTapback
        tapback = row.associatedType < 3000 ? StoredTapback(row) : nil
    }

    /// The key under which marks of a GUID are stored: row numbers change when a file is rebuilt, GUIDs do not.
    static func key(of guid: String) -> Int64 {
        Int64(bitPattern: StableHash.of(guid))
    }

    /// The first byte of a stored message mark; chats use another.
    static let tag: UInt8 = 1

    var bytes: [UInt8] {
        var writer = CompactWriter()
        writer.byte(Self.tag)
        writer.byte(state.rawValue | (isUnfinished ? 16 : 0) | (isTapback ? 32 : 0) | (tapback == nil ? 0 : 64))
        writer.guid(guid)
        writer.signed(row)
        writer.signed(date.nanoseconds)
        writer.text(chat ?? "")
        for lane in 0..<RowFingerprint.Group.allCases.count { writer.fixed(fingerprint.lanes[lane]) }
        tapback?.write(to: &writer)
        return writer.bytes
    }

    init?(bytes: [UInt8]) {
        var reader = CompactReader(bytes)
        guard
            reader.byte() == Self.tag, let flags = reader.byte(), let state = State(rawValue: flags & 15),
            let guid = reader.guid(), let row = reader.signed(), let date = reader.signed(), let chat = reader.text()
        else { return nil }
        var lanes = SIMD16<UInt32>.zero
        for lane in 0..<RowFingerprint.Group.allCases.count {
            guard let value = reader.fixed() else { return nil }
            lanes[lane] = value
        }
        self.guid = guid
        self.row = row
        self.date = Timestamp(nanoseconds: date)
        self.chat = chat.isEmpty ? nil : chat
        fingerprint = RowFingerprint(lanes: lanes)
        self.state = state
        isUnfinished = flags & 16 != 0
        isTapback = flags & 32 != 0
        if flags & 64 != 0 {
            guard let tapback = StoredTapback(reading: &reader, guid: guid, date: self.date) else { return nil }
            self.tapback = tapback
        } else {
            tapback = nil
        }
    }
}
