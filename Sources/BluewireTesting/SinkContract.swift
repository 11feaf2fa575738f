//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
public import BluewireTransport

/// What every sink promises.
///
/// Each check throws ``ContractViolation`` when the promise is broken.
public enum SinkContract {
    /// The name is usable as a key: not empty, the same each time, without white space.
    public static func nameIsStable(_ sink: some Sink) throws {
        let name = sink.name
        guard !name.isEmpty, name == sink.name, !name.contains(where: \.isWhitespace) else {
            throw ContractViolation("the sink's name is no stable key: \(name)")
        }
    }

    /// A batch of every kind of event, unknown kinds included, is taken without an error.
    public static func takesEveryKind(_ sink: some Sink) async throws {
        try await sink.receive(events)
    }

    /// Events offered a second time (a crash before the cursor was stored) are taken without an error.
    public static func takesRepeats(_ sink: some Sink) async throws {
        try await sink.receive(events)
        try await sink.receive(Array(events.suffix(2)))
    }

    /// An empty batch does no harm.
    public static func takesNothing(_ sink: some Sink) async throws {
        try await sink.receive([])
    }

    /// Runs every check.
    public static func checkAll(_ sink: some Sink) async throws {
        try nameIsStable(sink)
        try await takesNothing(sink)
        try await takesEveryKind(sink)
        try await takesRepeats(sink)
    }

    private static var events: [GatewayEvent] {
        let message = Samples.message("contract-1")
        let snapshots: [(GatewayEvent.Kind, Snapshot)] = [
            (.messageCreated, .message(message, changed: [], arrival: .new)),
            (.messageUpdated, .message(message, changed: ["text"], arrival: .new)),
            (.messageDeleted, .deletedMessage(message.id)),
            (.lineUpdated, .line(state: "up", reason: nil)),
            (.gatewayGap, .gap(reason: "contract")),
            (GatewayEvent.Kind(rawValue: "later.kind"), .gap(reason: "unknown")),
        ]
        return snapshots.enumerated().map { index, pair in
            GatewayEvent(
                id: "evt_contract_\(index)", cursor: Cursor(epoch: "00000001", sequence: Int64(index + 1)),
                kind: pair.0, time: message.sentAt, line: Samples.line, chat: message.chat, snapshot: pair.1)
        }
    }
}

/// A promise that was broken.
public struct ContractViolation: Error, CustomStringConvertible {
    public let description: String

    /// A violation, described.
    public init(_ description: String) { self.description = description }
}
