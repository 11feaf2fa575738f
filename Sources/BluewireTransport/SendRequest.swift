//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// What somebody asks the outbound gate to send.
public struct SendRequest: Hashable, Sendable {
    /// Whom it is for.
    public var recipient: Recipient
    /// The recipient as the caller wrote it, where ``recipient`` was made from that; an idempotency key goes with this
    /// spelling, because what it stands for may change: the first message to an address makes a chat.
    public var recipientAsWritten: String?
    /// The line to use; nil lets the gate choose (reply's line, the chat's last, the default).
    public var line: LineID?
    /// What to send.
    public var action: Send.Action
    /// Not before this time; nil for at once.
    public var notBefore: Timestamp?
    /// What the files are (name and content), where their paths do not say it; an idempotency key goes with this, so that
    /// the same file uploaded again is the same request.
    public var fileIdentities: [String]?
    /// The caller's idempotency key, scoped by ``origin``; nil for none.
    public var key: String?
    /// Who asks: the id of a token or web session, `local`, or `agent:<name>`.
    public var origin: String

    /// A request from its fields.
    public init(
        recipient: Recipient, recipientAsWritten: String? = nil, line: LineID? = nil, action: Send.Action,
        notBefore: Timestamp? = nil, key: String? = nil, origin: String
    ) {
        self.recipient = recipient
        self.recipientAsWritten = recipientAsWritten
        self.line = line
        self.action = action
        self.notBefore = notBefore
        self.key = key
        self.origin = origin
    }
}

/// The only door to the outbox.
public protocol OutboundSending: Sendable {
    /// Stores a send durably and returns it; with a key seen before, returns the first result.
    ///
    /// - Throws: ``OutboundError``. Nothing was stored when it throws.
    func submit(_ request: SendRequest) async throws(OutboundError) -> Send

    /// Performs an ephemeral intent (typing, read) now, without the outbox; does nothing where no transport can.
    func signal(_ signal: Signal, in chat: ChatID) async

    /// The send of that name; nil when there is none.
    func send(_ id: SendID) async throws -> Send?
}

/// An ephemeral intent.
public enum Signal: Hashable, Sendable {
    /// Show or hide the typing indicator.
    case typing(isOn: Bool)
    /// Mark the chat as read.
    case read
    /// Mark the chat as unread.
    case unread
}

/// Tells own sends from other rows; agents ask it before they answer.
public protocol EchoChecking: Sendable {
    /// The send that `message` is the row (or the self-chat mirror) of; nil when it is nobody's echo.
    ///
    /// Suspends until the landings of every event up to `cursor` have been matched.
    func origin(of message: MessageID, upTo cursor: Cursor) async throws -> SendID?
}

/// Why the gate did not take a request; nothing was stored or sent.
public struct OutboundError: Error, Hashable, Sendable {
    /// What kind of refusal.
    public var code: Code
    /// What happened, without message text, names or addresses.
    public var message: String
    /// What the caller can do about it.
    public var remedy: String
    /// The chats an ambiguous recipient may mean.
    public var candidates: [ChatID]
    /// The member of the request that is wrong, for example `mentions`; nil when it is none in particular.
    public var member: String?
    /// When it is worth asking again; only with ``Code/limited``.
    public var retryAfter: Duration?

    /// An error from its fields.
    public init(
        _ code: Code, message: String, remedy: String, candidates: [ChatID] = [], member: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.candidates = candidates
        self.member = member
        self.retryAfter = retryAfter
    }

    /// ``retryAfter`` in whole seconds, rounded up, at least 1; what `Retry-After` says.
    public var retryAfterSeconds: Int64? {
        retryAfter.map { max(1, ($0.wholeNanoseconds + 999_999_999) / 1_000_000_000) }
    }

    /// What kind of refusal; the raw value is the stable code of problem documents.
    public struct Code: OpenValue, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The request can never be taken as it is: empty, too long, a file that cannot be read (HTTP 422).
        public static let invalid = Code(rawValue: "invalid_request")
        /// No such chat, message or send (HTTP 404).
        public static let notFound = Code(rawValue: "not_found")
        /// The recipient or line is ambiguous (HTTP 409).
        public static let ambiguous = Code(rawValue: "ambiguous")
        /// No transport of the line can do this (HTTP 409).
        public static let unsupported = Code(rawValue: "unsupported")
        /// The key was used with another body (HTTP 422).
        public static let keyReused = Code(rawValue: "idempotency_key_reused")
        /// A policy forbids it (HTTP 403).
        public static let forbidden = Code(rawValue: "forbidden")
        /// Too much, too fast (HTTP 429).
        public static let limited = Code(rawValue: "rate_limited")
        /// The state database cannot be written (HTTP 503).
        public static let unavailable = Code(rawValue: "unavailable")
        /// The send is not in a state that allows this (HTTP 409).
        public static let conflict = Code(rawValue: "conflict")
    }
}

extension OutboundError: CustomStringConvertible {
    public var description: String { "\(code): \(message) \(remedy)" }
}
