//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireTransport

/// Reports who types in the simulation; Apple keeps that in no database.
package struct SimulatorTypingSource: EventSource {
    package let line: LineID
    private let client: SimulatorClient
    private let clock: any WallClock
    private let chatID: @Sendable (ChatGUID) async -> ChatID?

    /// A source of typing events.
    ///
    /// - Parameter chatID: the native name of a chat; nil for a chat the store has not seen yet, whose typing is then
    ///   not reported.
    package init(
        line: LineID, client: SimulatorClient, clock: any WallClock = SystemWallClock(),
        chatID: @escaping @Sendable (ChatGUID) async -> ChatID?
    ) {
        self.line = line
        self.client = client
        self.clock = clock
        self.chatID = chatID
    }

    package func run(from state: SourceState?, commit: @Sendable (SourceBatch) async throws -> Void) async throws {
        var position: Int?
        while !Task.isCancelled {
            let answer: SimulatorEvents
            do {
                answer = try await client.events(after: position, wait: .seconds(20))
            } catch is CancellationError {
                return
            } catch {
                // A simulator that is being restarted is no error of the line: the next events say it is back.
                position = nil
                try await clock.sleep(for: .seconds(1))
                continue
            }
            position = answer.next
            var observations: [Observation] = []
            for event in answer.events where event.kind == "typing" {
                guard let guid = event.chat, let chat = await chatID(ChatGUID(rawValue: guid)) else { continue }
                let handle = event.address.map { Handle(address: $0, channel: .iMessage) }
                observations.append(.typing(chat: chat, isOn: event.isOn ?? false, handle: handle))
            }
            if !observations.isEmpty { try await commit(SourceBatch(observations: observations, checkpoint: [])) }
        }
    }
}
