//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireStore
import BluewireTransport
import BluewireWire

extension NativeProblem {
    /// No or bad credentials.
    static let unauthorized = NativeProblem(
        .unauthorized,
        remedy: "Send “Authorization: Bearer bw_…”, or open the link that the gateway printed at its start.")

    /// A code that is used, expired or wrong.
    static let badCode = NativeProblem(
        .badCode, remedy: "Print a new link with “bluewire token link”, or enter a token.")

    /// A pairing code that is used, expired or wrong.
    static let badPairingCode = NativeProblem(.badCode, remedy: "Show a new code with “bluewire pair”.")

    /// Too many refused credentials.
    static let tooManyFailures = NativeProblem(
        .rateLimited, detail: "Too many requests with bad credentials came from this address.",
        remedy: "Wait a minute.")

    /// A browser request from another site.
    static let foreignOrigin = NativeProblem(
        .foreignOrigin, remedy: "Use the page of the gateway itself, or a token without a browser.")

    /// A name that is not ours.
    static let wrongHost = NativeProblem(
        .wrongHost, remedy: "Use localhost or 127.0.0.1, or add the name to allowed-hosts.")

    /// A scope is missing.
    static func missing(_ scope: Scope) -> NativeProblem {
        NativeProblem(
            .missingScope, detail: "The token lacks the scope “\(scope.rawValue)”.",
            remedy: "Create a token with “bluewire token create --scope \(scope.rawValue)”.")
    }

    /// There is no such thing, or the caller may not know that there is.
    static func notFound(_ what: String) -> NativeProblem {
        NativeProblem(
            .notFound, detail: "There is no such \(what).", remedy: "List what exists and use one of its ids.")
    }

    /// The gateway runs without that part.
    static func notAvailable(_ what: String) -> NativeProblem {
        NativeProblem(
            .notAvailable, detail: "This gateway runs without \(what).", remedy: "Start it with that part enabled.")
    }

    /// A query item or header cannot be used.
    static func badRequest(_ detail: String, remedy: String) -> NativeProblem {
        NativeProblem(.badRequest, detail: detail, remedy: remedy)
    }

    /// The body is larger than allowed.
    static let bodyTooLarge = NativeProblem(
        .bodyTooLarge, detail: "The body exceeds what the route takes.",
        remedy: "Send less at once; files go to /v1/uploads.")

    /// The file is larger than allowed.
    static func fileTooLarge(limit: Int64) -> NativeProblem {
        NativeProblem(
            .bodyTooLarge, detail: "The file exceeds \(limit) bytes.", remedy: "Send a smaller file, or a link to it.")
    }

    /// The cursor cannot be resumed from.
    static let cursorExpired = NativeProblem(
        .cursorExpired, detail: "Events after this cursor are no longer kept, or the journal was rebuilt.",
        remedy: "List the chats again and continue without a cursor.")

    /// Something failed inside.
    static let unexpected = NativeProblem(
        .unexpected, detail: "The gateway could not answer.",
        remedy: "Try again; if it stays, run “bluewire doctor”.")

    /// Files by path from a caller elsewhere.
    static let filesAreLocal = NativeProblem(
        .filesAreLocal, remedy: "Upload the file to /v1/uploads and send its id, or use “bluewire send --file”.")

    /// A token bound to chats manages the gateway.
    static let seesSomeChatsOnly = NativeProblem(
        .forbidden, detail: "A token that sees only some chats cannot manage what concerns all of them.",
        remedy: "Use a token without a list of chats.")

    /// The path is there, the method is not.
    static func methodNotAllowed(_ allowed: [String]) -> NativeProblem {
        var problem = NativeProblem(
            .methodNotAllowed, detail: "The path takes \(allowed.joined(separator: ", ")).",
            remedy: "Use one of these methods.")
        problem.allowed = allowed
        return problem
    }

    /// The problem an error is shown as; nothing of an unknown error reaches the caller.
    init(_ error: any Error) {
        switch error {
        case let problem as NativeProblem: self = problem
        case let error as RateLimited: self = error.problem
        case let error as RequestError:
            self.init(.badRequest, detail: error.message, remedy: error.remedy)
        case let error as RuleError:
            self.init(
                .invalidRequest, detail: "The member “\(error.member)” has a value that is not allowed.",
                remedy: "Allowed is: \(error.wording).")
        case let error as OutboundError: self.init(error)
        case let error as UploadError: self.init(error)
        case let error as MultipartParser.Failure: self.init(error)
        case let error as HookError: self.init(error)
        case let error as ThumbnailError: self.init(error)
        case let error as StoreError:
            self.init(
                ProblemKind(code: error.code.description) ?? .unavailable, detail: error.message, remedy: error.remedy)
        case JournalError.expired: self = .cursorExpired
        case JournalError.malformed:
            self = .badRequest("The cursor cannot be read.", remedy: "Use a cursor this gateway gave out.")
        case JournalError.unavailable(let error): self.init(error)
        case let error as StateError where error.code == .invalid:
            self.init(.invalidRequest, detail: error.message, remedy: error.remedy)
        case let error as StateError:
            self.init(
                ProblemKind(code: error.code.description) ?? .unavailable, detail: error.message, remedy: error.remedy)
        default: self = .unexpected
        }
    }

    private init(_ error: OutboundError) {
        self.init(
            ProblemKind(code: error.code.rawValue) ?? .unexpected, detail: error.message, remedy: error.remedy,
            candidates: error.candidates.isEmpty ? nil : error.candidates.map(\.rawValue))
        retryAfter = error.retryAfterSeconds.map(Int.init)
    }
}
