//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireNetwork

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Talks to a running simulator over its Unix socket.
package final class SimulatorClient: Sendable {
    /// Where the simulator listens.
    package let socketPath: String
    private let client: EgressClient

    /// A client; nothing is connected yet.
    package init(socketPath: String, client: EgressClient = EgressClient()) {
        self.socketPath = socketPath
        self.client = client
    }

    /// An answer as it came.
    package struct Answer: Sendable {
        /// The HTTP status.
        package var status: Int
        /// The body.
        package var body: [UInt8]
    }

    /// Makes one call.
    ///
    /// - Parameter path: with its query, for example `/labels?after=10`.
    /// - Throws: `EgressError`; its `nothingWasSent` says whether the simulator may have seen the call.
    package func call(_ method: String, _ path: String, body: [UInt8] = []) async throws(EgressError) -> Answer {
        let response = try await client.send(
            EgressRequest(
                .simulator, method: method, socketPath: socketPath, path: path,
                headers: body.isEmpty ? [:] : ["content-type": "application/json"], body: body
            )
        )
        return Answer(status: response.status, body: try await response.body.collect())
    }

    /// The people, chats and faults.
    package func state() async throws -> SimulatorState { try await get("/state") }

    /// The labels of rows numbered above `row`.
    package func labels(after row: Int64 = 0) async throws -> [RowLabel] {
        let answer: SimulatorLabels = try await get("/labels?after=\(row)")
        return answer.labels
    }

    /// What happened after an event's number; nil for "from now on".
    package func events(after sequence: Int?, wait: Duration = .zero) async throws -> SimulatorEvents {
        let after = sequence.map { "after=\($0)&" } ?? ""
        return try await get("/events?\(after)waitMs=\(wait.wholeNanoseconds / 1_000_000)")
    }

    /// A person says something in a chat, or in their direct chat.
    @discardableResult
    package func say(_ text: String, in chat: String? = nil, from address: String? = nil) async throws -> Receipt {
        let request = SayRequest(chat: chat, from: chat == nil ? address : nil, speaker: address, text: text)
        return try await post("/say", request)
    }

    /// Changes faults; what the change does not name stays.
    @discardableResult
    package func set(_ change: FaultChange) async throws -> Faults {
        try await decode(try await call("PUT", "/faults", body: encode(change)))
    }

    /// Does one piece of mischief.
    package func mischief(_ kind: Mischief, _ options: MischiefOptions = MischiefOptions()) async throws {
        let _: SimulatorNotice = try await post("/mischief/\(kind.rawValue)", options)
    }

    /// Waits until the simulator answers.
    ///
    /// - Throws: `EgressError` when it does not within `patience`.
    package func waitUntilReady(clock: any WallClock = SystemWallClock(), patience: Duration = .seconds(15))
        async throws
    {
        let end = clock.now + patience
        while true {
            do {
                if try await call("GET", "/healthz").status == 200 { return }
            } catch  where clock.now >= end {
                throw error
            } catch {}
            guard clock.now < end else {
                throw EgressError(.unreachable, "The simulator does not answer.", remedy: "Look at its output.")
            }
            try await clock.sleep(for: .milliseconds(50))
        }
    }

    private func get<Value: Decodable>(_ path: String) async throws -> Value {
        try await decode(try await call("GET", path))
    }

    func post<Value: Decodable>(_ path: String, _ body: some Encodable) async throws -> Value {
        try await decode(try await call("POST", path, body: encode(body)))
    }

    func encode(_ value: some Encodable) throws -> [UInt8] {
        Array(try JSONEncoder().encode(value))
    }

    private func decode<Value: Decodable>(_ answer: Answer) async throws -> Value {
        guard answer.status == 200 else { throw Self.error(in: answer) }
        return try JSONDecoder().decode(Value.self, from: Data(answer.body))
    }

    /// What a refusal says.
    static func error(in answer: Answer) -> SimulatorError {
        let failure = try? JSONDecoder().decode(SimulatorFailure.self, from: Data(answer.body))
        let code = failure.flatMap { SimulatorError.Code(rawValue: $0.code) } ?? .invalid
        return SimulatorError(
            code, failure?.message ?? "The simulator answered \(answer.status).", remedy: failure?.remedy ?? ""
        )
    }
}
