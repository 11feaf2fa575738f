//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One time a transport was asked to take a send.
public struct SendAttempt: Hashable, Sendable, Codable {
    /// Which attempt of the send, counted from 1; several transports may be asked within one.
    public var number: Int
    /// The name of the transport.
    public var transport: String
    /// When it was asked.
    public var startedAt: Timestamp
    /// When it answered; nil while it has not.
    public var endedAt: Timestamp?
    /// What it answered.
    public var outcome: Outcome
    /// The stable code of the cause where it did not take it, for example `automation_denied`.
    public var reason: String?

    /// An attempt that has just begun.
    public init(number: Int, transport: String, startedAt: Timestamp) {
        self.number = number
        self.transport = transport
        self.startedAt = startedAt
        endedAt = nil
        outcome = .started
        reason = nil
    }

    /// What a transport answered.
    public struct Outcome: OpenValue, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Nothing yet; or nothing ever, when the gateway died meanwhile.
        public static let started = Outcome(rawValue: "started")
        /// It took it.
        public static let accepted = Outcome(rawValue: "accepted")
        /// It proved that nothing was handed over.
        public static let unreachable = Outcome(rawValue: "unreachable")
        /// It refused for good.
        public static let rejected = Outcome(rawValue: "rejected")
        /// It cannot say.
        public static let ambiguous = Outcome(rawValue: "ambiguous")
        /// The process that asked it is gone.
        public static let interrupted = Outcome(rawValue: "interrupted")
    }
}
