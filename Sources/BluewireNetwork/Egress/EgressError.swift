//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Why an outbound request did not bring a response, or its body ended early.
///
/// Messages never contain paths, queries, headers or bodies: those may hold secrets.
package struct EgressError: Error, Hashable, Sendable {
    /// What the caller should do.
    package var code: Code
    /// What happened.
    package var message: String
    /// What the owner can do about it.
    package var remedy: String

    /// An error from its fields.
    package init(_ code: Code, _ message: String, remedy: String = "") {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    /// What the caller should do.
    package enum Code: String, Hashable, Sendable {
        /// The URL cannot be used; fix it.
        case invalid
        /// The egress policy forbids the destination; nothing was sent.
        case refused
        /// The name did not resolve or nobody listens; nothing was sent.
        case unreachable
        /// A time limit passed; the request may have been processed.
        case timedOut
        /// The connection broke; the request may have been processed.
        case interrupted
        /// The body exceeds the cap.
        case tooLarge
        /// The calling task was cancelled.
        case cancelled
    }

    /// Whether it is certain that the other side saw nothing of the request.
    package var nothingWasSent: Bool { code == .invalid || code == .refused || code == .unreachable }
}

extension EgressError: CustomStringConvertible {
    package var description: String {
        remedy.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(message) \(remedy)"
    }
}
