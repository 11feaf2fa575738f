//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireNetwork
import BluewireServer
import BluewireSimulator
import BluewireState
import BluewireStore
import BluewireTransport
import BluewireWire

extension GatewayError {
    /// Any module's error as what the command line prints: each boundary translates once, here is ours.
    package init(translating error: any Error) {
        switch error {
        case let error as GatewayError: self = error
        case let error as StoreError: self.init(Self.code(of: error), message: error.message, remedy: error.remedy)
        case let error as StateError: self.init(Self.code(of: error), message: error.message, remedy: error.remedy)
        case let error as OutboundError: self.init(Self.code(of: error), message: error.message, remedy: error.remedy)
        case let error as TransportError: self.init(.failed, message: error.message, remedy: error.remedy)
        case let error as EgressError: self.init(Self.code(of: error), message: error.message, remedy: error.remedy)
        case let error as ServerError: self.init(Self.code(of: error), message: error.message, remedy: error.remedy)
        case let error as SimulatorError: self.init(Self.code(of: error), message: error.message, remedy: error.remedy)
        case let error as AgentConfigurationError:
            self.init(
                .configuration, message: "agents.\(error.key) has a value that cannot be used.", remedy: error.message
            )
        case let error as JournalError: self.init(translating: error)
        case let problem as NativeProblem:
            self.init(Self.code(of: problem), message: problem.detail, remedy: problem.remedy)
        default:
            self.init(
                .internal, message: "Unexpected failure: \(error)",
                remedy: "Please report this with the command you ran; `bluewire doctor` may show the cause."
            )
        }
    }

    private static func code(of error: StoreError) -> Code {
        switch error.code {
        case .missing, .noFile: .missingInput
        case .denied, .readOnlyFolder: .denied
        case .notADatabase, .tooOld, .noMessages, .staleCursor: .badData
        case .locked, .replaced: .busy
        default: .internal
        }
    }

    private static func code(of error: StateError) -> Code {
        switch error.code {
        case .locked, .busy: .busy
        case .notWritable, .full: .cannotCreate
        case .corrupt, .newer: .badData
        default: .internal
        }
    }

    private static func code(of error: OutboundError) -> Code {
        switch error.code {
        case .invalid, .ambiguous, .keyReused: .badData
        case .notFound: .missingInput
        case .forbidden: .denied
        case .limited, .conflict: .busy
        case .unavailable: .cannotCreate
        default: .failed
        }
    }

    private init(translating error: JournalError) {
        switch error {
        case .unavailable(let error): self.init(translating: error)
        case .expired:
            self.init(
                .badData, message: "Events after this cursor are gone.",
                remedy: "List the chats again and go on from now, without a cursor."
            )
        case .malformed:
            self.init(.badData, message: "This is not a cursor.", remedy: "Use one that an event or a list carried.")
        }
    }

    private static func code(of error: EgressError) -> Code {
        switch error.code {
        case .invalid: .configuration
        case .refused: .denied
        default: .unavailable
        }
    }

    private static func code(of error: ServerError) -> Code {
        switch error.code {
        case .denied: .denied
        case .certificate: .configuration
        default: .unavailable
        }
    }

    private static func code(of error: SimulatorError) -> Code {
        switch error.code {
        case .notSimulated, .invalid: .badData
        case .notFound: .missingInput
        case .denied: .denied
        case .unreachable, .cut: .unavailable
        case .inUse: .busy
        }
    }

    private static func code(of problem: NativeProblem) -> Code {
        switch problem.status {
        case 400, 409, 413, 415, 422: .badData
        case 401, 403: .denied
        case 404: .missingInput
        case 410, 429: .busy
        case 408, 503: .unavailable
        case 421: .configuration
        default: .internal
        }
    }
}
