//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport

extension OutboundError {
    /// The key was used with another request.
    static let keyReused = OutboundError(
        .keyReused, message: "This idempotency key was used with another request.",
        remedy: "Use a new key for a new request; repeat a request unchanged.")

    /// There is no such send.
    static let noSuchSend = OutboundError(
        .notFound, message: "There is no such send.", remedy: "List the sends to find it.")

    /// Sending is switched off.
    static func stopped(_ stop: OutboundStop) -> OutboundError {
        OutboundError(
            .forbidden, message: "Sending is switched off since \(stop.since.rfc3339): \(stop.reason)",
            remedy: "Switch sending on again.")
    }

    /// The send is in the wrong state.
    static func conflict(state: Send.State) -> OutboundError {
        OutboundError(
            .conflict, message: "The send is \(state).",
            remedy: "Only failed and unknown sends can be retried, only queued ones cancelled.")
    }

    /// The request can never be taken as it is.
    static func invalid(_ message: String, _ remedy: String, member: String? = nil) -> OutboundError {
        OutboundError(.invalid, message: message, remedy: remedy, member: member)
    }

    /// The Messages database cannot be read.
    static let storeUnavailable = OutboundError(
        .unavailable, message: "The Messages database cannot be read.", remedy: "Run doctor.")
}

extension String {
    /// Whether a single character is a letter, digit or sign rather than an emoji.
    var isPlainASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
