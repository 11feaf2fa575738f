//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
public import BluewireTransport
private import Synchronization

/// A working transport that keeps what it was given and answers as a test decides.
public final class RecordingTransport: Transport {
    /// How it answers the next intent.
    public enum Answer: Sendable {
        /// It takes it; the GUID is what a remote would confirm.
        case accept(MessageID? = nil)
        /// It takes it and then reports this error.
        case acceptThenFail(TransportError)
        /// It does not take it and reports this error.
        case fail(TransportError)
    }

    private struct State {
        var intents: [Intent] = []
        var asked = 0
        var answers: [Answer] = []
    }

    public let name: String
    private let supported: TransportCapabilities
    private let state = Mutex(State())

    /// A transport that can do `capabilities` and accepts everything until told otherwise.
    public init(
        name: String = "recording",
        capabilities: TransportCapabilities = TransportCapabilities(supported: Set(Capability.all))
    ) {
        self.name = name
        supported = capabilities
    }

    /// Answers the next intents with `answers`, one each; later ones are accepted.
    public func answer(_ answers: Answer...) { state.withLock { $0.answers += answers } }

    /// What was handed over, in order.
    public var intents: [Intent] { state.withLock { $0.intents } }

    /// How often it was asked.
    public var askedCount: Int { state.withLock { $0.asked } }

    /// The texts of the messages that were handed over, in order.
    public var texts: [String] {
        intents.compactMap { if case .send(let draft, _) = $0 { draft.text } else { nil } }
    }

    public var capabilities: TransportCapabilities {
        get async { supported }
    }

    public func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
        guard intent.required.isSubset(of: supported.supported) else {
            throw TransportError(
                .unsupported, reason: "unsupported", message: "\(name) has no way to do this.", remedy: "Use another.")
        }
        let answer = state.withLock { state in
            state.asked += 1
            let answer = state.answers.isEmpty ? Answer.accept() : state.answers.removeFirst()
            if case .fail = answer { return answer }
            state.intents.append(intent)
            return answer
        }
        switch answer {
        case .accept(let message): return Acceptance(message: message)
        case .acceptThenFail(let error), .fail(let error): throw error
        }
    }
}

extension TransportError {
    /// Proven: nothing was handed over.
    public static let testUnreachable = TransportError(
        .unreachable, reason: "test_unreachable", message: "It is down.", remedy: "Start it.")
    /// Refused for good.
    public static let testRejected = TransportError(
        .rejected, reason: "test_rejected", message: "It says no.", remedy: "Ask differently.")
    /// Nobody can say.
    public static let testAmbiguous = TransportError(
        .ambiguous, reason: "test_ambiguous", message: "The line broke.", remedy: "Look.")
}
