//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Where the watcher stands in chat.db, as stored with every batch.
struct WatchCheckpoint: Hashable, Sendable {
    /// Rows up to this number were emitted, baselined, or are listed in ``pending``.
    var watermark: Int64 = 0
    /// The GUID of the row at the watermark: another GUID there means another file.
    var watermarkGUID = ""
    /// The newest date seen, scheduled rows excluded: catches rows that a rebuild put below the watermark.
    var newestDate = Timestamp(nanoseconds: 0)
    /// Every row seen that is dated after this has a mark.
    var horizon = Timestamp(nanoseconds: 0)
    /// When chat.db was last looked at: what is dated later arrived since then.
    var lastLook = Timestamp(nanoseconds: 0)
    /// The position in `deleted_messages`.
    var deletions: Int64 = 0
    /// The position in `chat_recoverable_message_join`.
    var recoverables: Int64 = 0
    /// Whether the line was reported down.
    var isDown = false
    /// Whether history was baselined.
    var isBaselined = false
    /// The version of the fingerprints in the marks.
    var fingerprintVersion = RowFingerprint.version
    /// Rows below the watermark that wait for their chat or content, with when they were first seen.
    var pending: [PendingRow] = []

    /// A row that waits.
    struct PendingRow: Hashable, Sendable {
        var row: Int64
        var guid: String
        var firstSeen: Timestamp
        /// When chat.db was last looked at before that: what tells a message that was read meanwhile from history.
        var lastLook: Timestamp
    }

    init() {}

    private static let version: UInt8 = 2

    var bytes: [UInt8] {
        var writer = CompactWriter()
        writer.byte(Self.version)
        writer.byte(fingerprintVersion)
        writer.byte((isDown ? 1 : 0) | (isBaselined ? 2 : 0))
        writer.signed(watermark)
        writer.guid(watermarkGUID)
        writer.signed(newestDate.nanoseconds)
        writer.signed(horizon.nanoseconds)
        writer.signed(lastLook.nanoseconds)
        writer.signed(deletions)
        writer.signed(recoverables)
        writer.unsigned(UInt64(pending.count))
        for one in pending {
            writer.signed(one.row)
            writer.guid(one.guid)
            writer.signed(one.firstSeen.nanoseconds)
            writer.signed(one.lastLook.nanoseconds)
        }
        return writer.bytes
    }

    /// Reads stored bytes; nil for another layout, which is treated like a first start.
    init?(bytes: [UInt8]) {
        var reader = CompactReader(bytes)
        guard
            let version = reader.byte(), (1...Self.version).contains(version), let fingerprintVersion = reader.byte(),
            let flags = reader.byte(),
            let watermark = reader.signed(), let guid = reader.guid(), let newest = reader.signed(),
            let horizon = reader.signed(), let lastLook = reader.signed(), let deletions = reader.signed(),
            let recoverables = reader.signed(), let count = reader.unsigned()
        else { return nil }
        self.fingerprintVersion = fingerprintVersion
        isDown = flags & 1 != 0
        isBaselined = flags & 2 != 0
        self.watermark = watermark
        watermarkGUID = guid
        newestDate = Timestamp(nanoseconds: newest)
        self.horizon = Timestamp(nanoseconds: horizon)
        self.lastLook = Timestamp(nanoseconds: lastLook)
        self.deletions = deletions
        self.recoverables = recoverables
        for _ in 0..<count {
            guard let row = reader.signed(), let guid = reader.guid(), let seen = reader.signed(),
                let look = version == 1 ? seen : reader.signed()
            else { return nil }
            pending.append(
                PendingRow(
                    row: row, guid: guid, firstSeen: Timestamp(nanoseconds: seen),
                    lastLook: Timestamp(nanoseconds: look)))
        }
    }
}
