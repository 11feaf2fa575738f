//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireWire

/// What the gateway did about a message beside its events: deliveries, agent turns, the send it belongs to.
struct MessageTrace: Sendable {
    let journal: Journal
    let state: StateDatabase
    let outbox: Outbox

    func steps(_ id: MessageID) async throws -> [NativeTraceStep] {
        var steps: [NativeTraceStep] = []
        let events = try await journal.events(about: id)
        let known = Set(events.map(\.id))
        for webhook in try await state.webhooks().list() {
            for delivery in try await state.deliveries().list(webhook: webhook.id, limit: 200) where known.contains(delivery.event) {
                let answer = delivery.status.map { "HTTP \($0)" } ?? delivery.error ?? ""
                steps.append(
                    NativeTraceStep(
                        at: delivery.updatedAt, step: "webhook",
                        detail: "\(delivery.kind) \(delivery.state) after \(delivery.attempts) attempts \(answer)"
                    )
                )
            }
        }
        for turn in try await state.agents().turns(about: id) {
            steps += turn.steps.map { NativeTraceStep(at: $0.at, step: "agent \(turn.agent): \($0.step)", detail: $0.detail) }
        }
        if let send = try await outbox.list(limit: 500).first(where: { $0.message == id }) {
            steps.append(NativeTraceStep(at: send.createdAt, step: "send queued", detail: send.id.rawValue))
            steps.append(
                NativeTraceStep(at: send.updatedAt, step: "send \(send.state)", detail: "\(send.attempts) attempts")
            )
        }
        return steps.sorted { $0.at.timestamp < $1.at.timestamp }
    }
}
