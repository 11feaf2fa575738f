//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Everything that can go wrong on purpose.
///
/// Each setting stays until it is changed; the same fields can be armed once.
package struct Faults: Sendable, Codable, Hashable {
    /// How long after its row a message is joined to its chat.
    package var lateJoinMs = 0
    /// How long after its row the body appears.
    package var lateBodyMs = 0
    /// Rows never get a body.
    package var noBody = false
    /// How long a file takes to arrive after its message.
    package var lateFileMs = 0
    /// How many restored rows come with each message.
    package var backfill = 0
    /// Every message is followed by a copy with another guid.
    package var duplicateSelf = false
    /// Sends are refused before anything happens.
    package var failBefore = false
    /// Sends are refused for good, as without permission.
    package var denied = false
    /// Sends write their row, then the connection is cut.
    package var failAfterAccept = false
    /// Sends write nothing, and the connection is cut.
    package var loseAfterAccept = false
    /// Sends end in error 22 this long after they landed; 0 for never.
    package var error22AfterMs = 0
    /// Sends leave a row without text and chat.
    package var ghost = false
    /// How much longer delivery and reading take.
    package var slowDeliveryMs = 0
    /// Every message is followed by one in no chat.
    package var orphan = false
    /// Removed tapbacks leave no removal row, only a deleted one.
    package var tapbackDeleteOnly = false
    /// How long after arriving messages are read by us; 0 for never.
    package var readInboundMs = 0
    /// The writer closes and reopens after each change.
    package var rotateSidecars = false
    /// The log is checkpointed and truncated after each change.
    package var checkpoint = false
    /// How long the writer holds its lock after each change.
    package var busyMs = 0

    /// Nothing goes wrong.
    package init() {}
}

/// A change of some faults; what it does not name stays.
package struct FaultChange: Sendable, Codable, Hashable {
    package var lateJoinMs: Int?
    package var lateBodyMs: Int?
    package var noBody: Bool?
    package var lateFileMs: Int?
    package var backfill: Int?
    package var duplicateSelf: Bool?
    package var failBefore: Bool?
    package var denied: Bool?
    package var failAfterAccept: Bool?
    package var loseAfterAccept: Bool?
    package var error22AfterMs: Int?
    package var ghost: Bool?
    package var slowDeliveryMs: Int?
    package var orphan: Bool?
    package var tapbackDeleteOnly: Bool?
    package var readInboundMs: Int?
    package var rotateSidecars: Bool?
    package var checkpoint: Bool?
    package var busyMs: Int?

    /// Changes nothing.
    package init() {}

    /// The names a request may use.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case lateJoinMs, lateBodyMs, noBody, lateFileMs, backfill, duplicateSelf, failBefore, denied, failAfterAccept
        case loseAfterAccept, error22AfterMs, ghost, slowDeliveryMs, orphan, tapbackDeleteOnly, readInboundMs
        case rotateSidecars, checkpoint, busyMs
    }
}

extension Faults {
    /// These faults with a change applied; durations and counts are kept within bounds.
    package func applying(_ change: FaultChange) -> Faults {
        var faults = self
        func set(_ path: WritableKeyPath<Faults, Bool>, _ value: Bool?) {
            if let value { faults[keyPath: path] = value }
        }
        func set(_ path: WritableKeyPath<Faults, Int>, _ value: Int?, atMost limit: Int = 600_000) {
            if let value { faults[keyPath: path] = min(max(value, 0), limit) }
        }
        set(\.lateJoinMs, change.lateJoinMs)
        set(\.lateBodyMs, change.lateBodyMs)
        set(\.noBody, change.noBody)
        set(\.lateFileMs, change.lateFileMs)
        set(\.backfill, change.backfill, atMost: 200)
        set(\.duplicateSelf, change.duplicateSelf)
        set(\.failBefore, change.failBefore)
        set(\.denied, change.denied)
        set(\.failAfterAccept, change.failAfterAccept)
        set(\.loseAfterAccept, change.loseAfterAccept)
        set(\.error22AfterMs, change.error22AfterMs)
        set(\.ghost, change.ghost)
        set(\.slowDeliveryMs, change.slowDeliveryMs)
        set(\.orphan, change.orphan)
        set(\.tapbackDeleteOnly, change.tapbackDeleteOnly)
        set(\.readInboundMs, change.readInboundMs)
        set(\.rotateSidecars, change.rotateSidecars)
        set(\.checkpoint, change.checkpoint)
        set(\.busyMs, change.busyMs, atMost: 5_000)
        return faults
    }
}
