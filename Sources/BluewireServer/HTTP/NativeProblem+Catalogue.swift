//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireStore
import BluewireTransport
import BluewireWire

extension NativeProblem {
    /// No or bad credentials.
    static let unauthorized = NativeProblem(
        status: 401, code: "unauthorized", title: "Not signed in",
        detail: "The request carries no valid token or session.",
        remedy: "Send “Authorization: Bearer bw_…”, or open the link that the gateway printed at its start.")

    /// A code that is used, expired or wrong.
    static let badCode = NativeProblem(
        status: 401, code: "bad_code", title: "The code is not valid",
        detail: "The one-time code was used before, has expired, or is wrong.",
        remedy: "Print a new link with “bluewire token link”, or enter a token.")

    /// Too many refused credentials.
    static let tooManyFailures = NativeProblem(
        status: 429, code: "rate_limited", title: "Too many attempts",
        detail: "Too many requests with bad credentials came from this address.", remedy: "Wait a minute.")

    /// A browser request from another site.
    static let foreignOrigin = NativeProblem(
        status: 403, code: "foreign_origin", title: "Foreign page",
        detail: "The request comes from a page that this gateway did not serve.",
        remedy: "Use the page of the gateway itself, or a token without a browser.")

    /// A name that is not ours.
    static let wrongHost = NativeProblem(
        status: 421, code: "wrong_host", title: "Unknown host name",
        detail: "The Host header names a machine this gateway does not answer for.",
        remedy: "Use localhost or 127.0.0.1, or add the name to server.hosts.")

    /// A scope is missing.
    static func missing(_ scope: Scope) -> NativeProblem {
        NativeProblem(
            status: 403, code: "missing_scope", title: "Not allowed",
            detail: "The token lacks the scope “\(scope.rawValue)”.",
            remedy: "Create a token with “bluewire token create --scope \(scope.rawValue)”.")
    }

    /// There is no such thing, or the caller may not know that there is.
    static func notFound(_ what: String) -> NativeProblem {
        NativeProblem(
            status: 404, code: "not_found", title: "Not found", detail: "There is no such \(what).",
            remedy: "List what exists and use one of its ids.")
    }

    /// The gateway runs without that part.
    static func notAvailable(_ what: String) -> NativeProblem {
        NativeProblem(
            status: 404, code: "not_available", title: "Not available",
            detail: "This gateway runs without \(what).", remedy: "Start it with that part enabled.")
    }

    /// A query item or header cannot be used.
    static func badRequest(_ detail: String, remedy: String) -> NativeProblem {
        NativeProblem(status: 400, code: "bad_request", title: "Bad request", detail: detail, remedy: remedy)
    }

    /// The body is larger than allowed.
    static let bodyTooLarge = NativeProblem(
        status: 413, code: "body_too_large", title: "Body too large", detail: "The body exceeds 1 MB.",
        remedy: "Send less at once.")

    /// The cursor cannot be resumed from.
    static let cursorExpired = NativeProblem(
        status: 410, code: "cursor_expired", title: "Cursor expired",
        detail: "Events after this cursor are no longer kept, or the journal was rebuilt.",
        remedy: "List the chats again and continue without a cursor.")

    /// Something failed inside.
    static let unexpected = NativeProblem(
        status: 500, code: "internal", title: "Internal error", detail: "The gateway could not answer.",
        remedy: "Try again; if it stays, run “bluewire doctor”.")

    /// The problem an error is shown as; nothing of an unknown error reaches the caller.
    init(_ error: any Error) {
        switch error {
        case let problem as NativeProblem: self = problem
        case let error as RequestError:
            self.init(
                status: 400, code: "bad_request", title: "Bad request", detail: error.message, remedy: error.remedy)
        case let error as OutboundError: self.init(error)
        case let error as StoreError:
            let isStale = error.code == .staleCursor
            let isMissing = error.code == .noFile
            self.init(
                status: isStale ? 410 : isMissing ? 404 : 503, code: error.code.description,
                title: isStale ? "Cursor expired" : isMissing ? "No file" : "Messages cannot be read",
                detail: error.message, remedy: error.remedy)
        case JournalError.expired: self = .cursorExpired
        case JournalError.malformed:
            self = .badRequest("The cursor cannot be read.", remedy: "Use a cursor this gateway gave out.")
        case JournalError.unavailable(let error): self.init(error)
        case let error as StateError:
            self.init(
                status: 503, code: error.code.description, title: "State cannot be used", detail: error.message,
                remedy: error.remedy)
        default: self = .unexpected
        }
    }

    private init(_ error: OutboundError) {
        let (status, title) =
            switch error.code {
            case .invalid: (422, "Invalid request")
            case .notFound: (404, "Not found")
            case .ambiguous: (409, "Ambiguous")
            case .unsupported: (409, "Not supported by the line")
            case .keyReused: (422, "Idempotency key reused")
            case .forbidden: (403, "Not allowed")
            case .limited: (429, "Too much")
            case .unavailable: (503, "Unavailable")
            case .conflict: (409, "Conflict")
            default: (500, "Failed")
            }
        self.init(
            status: status, code: error.code.rawValue, title: title, detail: error.message, remedy: error.remedy,
            candidates: error.candidates.isEmpty ? nil : error.candidates.map(\.rawValue))
    }
}
