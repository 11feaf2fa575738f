//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Why the gateway or a command cannot go on: what happened, what to do, and the exit code that says so.
package struct GatewayError: Error, Hashable, Sendable {
    /// What kind of trouble.
    package var code: Code
    /// What happened, without personal content.
    package var message: String
    /// What to do about it.
    package var remedy: String

    /// An error from its fields.
    package init(_ code: Code, message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    /// What kind of trouble; the raw value is the process's exit code (sysexits.h).
    package enum Code: Int32, Hashable, Sendable, CaseIterable {
        /// A check failed, a send failed: the command worked, its answer is no.
        case failed = 1
        /// The input is not what it should be (`EX_DATAERR`).
        case badData = 65
        /// A file or database does not exist (`EX_NOINPUT`).
        case missingInput = 66
        /// Something needed is not there: a gateway, a free port, a simulator (`EX_UNAVAILABLE`).
        case unavailable = 69
        /// A bug or an unexpected failure (`EX_SOFTWARE`).
        case `internal` = 70
        /// The state cannot be created or written (`EX_CANTCREAT`).
        case cannotCreate = 73
        /// Somebody else holds it; try again later (`EX_TEMPFAIL`).
        case busy = 75
        /// Not permitted (`EX_NOPERM`).
        case denied = 77
        /// The configuration is wrong (`EX_CONFIG`).
        case configuration = 78

        /// One phrase for help texts.
        package var meaning: String {
            switch self {
            case .failed: "the answer is no (a check or a send failed)"
            case .badData: "the input is not what it should be"
            case .missingInput: "a file or database does not exist"
            case .unavailable: "something needed is not there (gateway, port, simulator)"
            case .internal: "unexpected failure"
            case .cannotCreate: "the state cannot be created or written"
            case .busy: "somebody else holds it; try again later"
            case .denied: "not permitted"
            case .configuration: "the configuration is wrong"
            }
        }
    }
}

extension GatewayError: CustomStringConvertible {
    package var description: String { "\(message)\n\(remedy)" }
}
