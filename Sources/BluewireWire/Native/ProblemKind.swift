//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A kind of problem: its stable code, its status and what it means.
///
/// The error catalogue of the API description is ``all``.
package struct ProblemKind: Hashable, Sendable {
    /// The stable code.
    package let code: String
    /// The HTTP status.
    package let status: Int
    /// A short summary.
    package let title: String
    /// When it happens, in one sentence.
    package let meaning: String

    private init(_ status: Int, _ code: String, _ title: String, _ meaning: String) {
        self.code = code
        self.status = status
        self.title = title
        self.meaning = meaning
    }

    /// The kind of a code; nil when no problem has it.
    package init?(code: String) {
        guard let kind = Self.all.first(where: { $0.code == code }) else { return nil }
        self = kind
    }

    package static let badRequest = ProblemKind(
        400, "bad_request", "Bad request", "The path, query, headers or body cannot be understood.")
    package static let unauthorized = ProblemKind(
        401, "unauthorized", "Not signed in", "The request carries no valid token or session.")
    package static let badCode = ProblemKind(
        401, "bad_code", "The code is not valid", "A one-time code was used before, has expired, or is wrong.")
    package static let missingScope = ProblemKind(
        403, "missing_scope", "Not allowed", "The token lacks the scope the route asks for.")
    package static let forbidden = ProblemKind(403, "forbidden", "Not allowed", "A policy forbids it.")
    package static let foreignOrigin = ProblemKind(
        403, "foreign_origin", "Foreign page", "A browser sent the request from a page of another site.")
    package static let filesAreLocal = ProblemKind(
        403, "files_are_local", "Not allowed",
        "The body names files by path, which only programs on the gateway's own socket may do.")
    package static let notFound = ProblemKind(
        404, "not_found", "Not found", "There is no such thing, or the token does not see it.")
    package static let notAvailable = ProblemKind(
        404, "not_available", "Not available", "The gateway runs without that part.")
    package static let attachmentUnavailable = ProblemKind(
        404, "attachment_unavailable", "No file", "Messages has not downloaded the file, or removed it.")
    package static let methodNotAllowed = ProblemKind(
        405, "method_not_allowed", "Method not allowed", "The path exists, but not for this method; see `Allow`.")
    package static let ambiguous = ProblemKind(
        409, "ambiguous", "Ambiguous", "The recipient or line may mean several; `candidates` names them.")
    package static let unsupported = ProblemKind(
        409, "unsupported", "Not supported", "The line or this machine cannot do it; `detail` says why.")
    package static let conflict = ProblemKind(
        409, "conflict", "Conflict", "It is not in a state that allows this.")
    package static let cursorExpired = ProblemKind(
        410, "cursor_expired", "Cursor expired", "What follows the cursor is no longer kept.")
    package static let bodyTooLarge = ProblemKind(413, "body_too_large", "Body too large", "The body is too large.")
    package static let unsupportedMedia = ProblemKind(
        415, "unsupported_media_type", "Media type not supported", "The body is of a type the route does not take.")
    package static let rangeNotSatisfiable = ProblemKind(
        416, "range_not_satisfiable", "Range not satisfiable", "The file is shorter than the range asked for.")
    package static let wrongHost = ProblemKind(
        421, "wrong_host", "Unknown host name", "The `Host` header names a machine this gateway does not answer for.")
    package static let invalidRequest = ProblemKind(
        422, "invalid_request", "Invalid request", "The request is well formed, but cannot be carried out.")
    package static let keyReused = ProblemKind(
        422, "idempotency_key_reused", "Idempotency key reused", "The key was used with another body.")
    package static let rateLimited = ProblemKind(
        429, "rate_limited", "Too much", "Too many requests or sends; `Retry-After` says when to go on.")
    package static let unexpected = ProblemKind(
        500, "internal", "Internal error", "The gateway failed; its log names the place.")
    package static let unavailable = ProblemKind(
        503, "unavailable", "Unavailable", "Something the route needs cannot be used now.")
    package static let requestTimeout = ProblemKind(
        408, "request_timeout", "Too slow", "The request did not arrive in time.")
    package static let headTooLarge = ProblemKind(
        431, "head_too_large", "Header too large", "The header of the request has too many fields or bytes.")
    package static let foreignAddress = ProblemKind(
        403, "foreign_address", "Not allowed", "The gateway does not talk to the address the connection comes from.")
    package static let unknownCertificate = ProblemKind(
        403, "unknown_certificate", "Unknown client", "The client certificate is not one that the gateway knows.")
    package static let tooManySockets = ProblemKind(
        429, "too_many_sockets", "Too many live connections", "The token holds as many WebSockets as it may.")
    package static let tooManyConnections = ProblemKind(
        429, "too_many_connections", "Too many connections", "The address holds as many connections as it may.")
    package static let socketsFull = ProblemKind(
        503, "sockets_full", "Too many live connections", "The gateway takes no more WebSockets now.")
    package static let connectionsFull = ProblemKind(
        503, "connections_full", "Too many connections", "The gateway holds as many connections as it may.")

    /// Every kind, by status and code.
    package static let all: [ProblemKind] =
        [
            badRequest, unauthorized, badCode, missingScope, forbidden, foreignOrigin, filesAreLocal, notFound,
            notAvailable,
            attachmentUnavailable, methodNotAllowed, ambiguous, unsupported, conflict, cursorExpired, bodyTooLarge,
            unsupportedMedia, rangeNotSatisfiable, wrongHost, invalidRequest, keyReused, rateLimited, unexpected,
            unavailable,
            requestTimeout, headTooLarge, foreignAddress, unknownCertificate,
            tooManySockets, tooManyConnections, socketsFull, connectionsFull,
        ] + databases

    /// Why the Messages database or our own state cannot be used; the codes are those of the command line.
    private static let databases: [ProblemKind] = [
        ("database_missing", "There is no Messages database at the configured path."),
        ("database_denied", "The gateway may not read the Messages database."),
        ("not_a_database", "The file is not a Messages database."),
        ("schema_too_old", "The database is of a macOS version before 10.13."),
        ("no_message_table", "The file holds no messages."),
        ("read_only_folder", "The folder of the database does not let it be read."),
        ("database_locked", "Another process holds the database for too long."),
        ("database_replaced", "The database was replaced while it was read."),
        ("database_failed", "The database cannot be read."),
        ("state_not_writable", "The gateway's own state cannot be written."),
        ("disk_full", "The disk is full."),
        ("state_newer", "A newer build wrote the state."),
        ("state_corrupt", "The state is damaged."),
        ("state_locked", "Another gateway holds the state."),
        ("state_busy", "Another process holds the state for too long."),
        ("state_failed", "The state cannot be used."),
    ].map { ProblemKind(503, $0.0, "Unavailable", $0.1) }
}
