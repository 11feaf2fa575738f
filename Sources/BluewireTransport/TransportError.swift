//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Why a transport did not, or may not, have handed something over.
public struct TransportError: Error, Sendable {
    /// What the caller should do.
    public var code: Code
    /// A stable short name of the cause, for example `automation_denied`.
    public var reason: String
    /// What happened, without message text, names or addresses.
    public var message: String
    /// What the owner can do about it.
    public var remedy: String
    /// The underlying error.
    public var cause: (any Error)?

    /// An error from its fields.
    public init(_ code: Code, reason: String, message: String, remedy: String, cause: (any Error)? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.remedy = remedy
        self.cause = cause
    }

    /// What the caller should do.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String { case unreachable, unsupported, rejected, ambiguous }
        private let wrapped: Wrapped

        /// Nothing was handed over; it may be tried again or on the next transport.
        public static let unreachable = Code(wrapped: .unreachable)
        /// The transport cannot do this; nothing was handed over and trying again is useless.
        public static let unsupported = Code(wrapped: .unsupported)
        /// The transport refused it for good (bad input, denied permission); nothing was handed over.
        public static let rejected = Code(wrapped: .rejected)
        /// It may or may not have been handed over; look in the store before anything else.
        public static let ambiguous = Code(wrapped: .ambiguous)

        public var description: String { wrapped.rawValue }
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String { "\(code) (\(reason)): \(message) \(remedy)" }
}
