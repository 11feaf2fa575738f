//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// Where events come from: chat.db, a helper, a remote server.
///
/// Everything downstream knows only this seam.
public protocol EventSource: Sendable {
    /// The line its observations belong to.
    var line: LineID { get }

    /// Observes until cancelled or shut down.
    ///
    /// - Parameters:
    ///   - state: what the source committed last; nil at the first start, which baselines silently.
    ///   - commit: journals a batch and stores its checkpoint in one transaction. When it throws nothing was stored
    ///     and the batch must be offered again.
    func run(from state: SourceState?, commit: @Sendable (SourceBatch) async throws -> Void) async throws
}

/// What a source stored with its batches: an opaque checkpoint and keyed marks.
public struct SourceState: Hashable, Sendable {
    /// The source's own bytes.
    public var checkpoint: [UInt8]
    /// Small values by key (chat.db: row number to fingerprint and what is needed to explain a later deletion).
    public var marks: [Int64: [UInt8]]
    /// The stable chat ids given so far, by chat GUID.
    public var chatIDs: [ChatGUID: ChatID]

    /// A state from its fields.
    public init(checkpoint: [UInt8], marks: [Int64: [UInt8]] = [:], chatIDs: [ChatGUID: ChatID] = [:]) {
        self.checkpoint = checkpoint
        self.marks = marks
        self.chatIDs = chatIDs
    }
}

/// Observations and the position after them, journalled in one transaction.
public struct SourceBatch: Sendable {
    /// What was seen, in order.
    public var observations: [Observation]
    /// The source's position after them.
    public var checkpoint: [UInt8]
    /// Marks to store (value) or to forget (nil).
    public var marks: [Int64: [UInt8]?]
    /// Whether all stored marks are to be forgotten first (a new baseline).
    public var replacesMarks: Bool
    /// Chat ids given for the first time.
    public var chatIDs: [ChatGUID: ChatID]

    /// A batch from its fields.
    public init(
        observations: [Observation] = [], checkpoint: [UInt8], marks: [Int64: [UInt8]?] = [:],
        replacesMarks: Bool = false, chatIDs: [ChatGUID: ChatID] = [:]
    ) {
        self.observations = observations
        self.checkpoint = checkpoint
        self.marks = marks
        self.replacesMarks = replacesMarks
        self.chatIDs = chatIDs
    }
}

/// Something a source saw.
///
/// The journal turns it into at most one event.
public enum Observation: Hashable, Sendable {
    /// A message seen for the first time.
    case created(Message, arrival: Arrival)
    /// A known message changed: names of the changed fields, and what makes this change unique.
    case updated(Message, changed: [String], discriminator: Discriminator)
    /// A message row vanished.
    case deleted(MessageID, chat: ChatID?)
    /// A tapback was put on; `arrival` keeps restored history from agents.
    case tapbackAdded(Tapback, chat: ChatID?, arrival: Arrival)
    /// A tapback was taken off.
    case tapbackRemoved(Tapback, chat: ChatID?)
    /// A chat was seen for the first time.
    case chatCreated(Chat)
    /// A chat changed; the discriminator is a fingerprint of its raw columns.
    case chatUpdated(Chat, discriminator: Discriminator)
    /// Somebody types; live only.
    case typing(chat: ChatID, isOn: Bool, handle: Handle?)
    /// The line's state changed.
    case line(state: String, reason: String?)
    /// The source may have missed something (a replaced database, an outage longer than it can replay).
    case gap(reason: String)

    /// What tells two changes of one message apart.
    public enum Discriminator: Hashable, Sendable {
        /// The date of an edit, a delivery or a read.
        case date(Timestamp)
        /// A fingerprint of raw columns; chained with the previous event's id, so that A → B → A is three events.
        case fingerprint(UInt64)
    }
}
