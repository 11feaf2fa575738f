//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireWire
import Hummingbird

/// What happened to a message, step by step.
enum TraceRoutes {
    static let routes = [trace]

    private static let trace = Route.get(
        "/v1/trace/{message}", "traceMessage", .scope(.messagesRead), "What the gateway did about a message, in order.",
        gives: NativeList<NativeTraceStep>.self
    ) { call in
        let message = try await call.message()
        var steps = [
            NativeTraceStep(
                at: message.sentAt, step: "message",
                detail: message.isFromMe ? "Written, by the date Messages stored." : "Sent by the other side.")
        ]
        let events = try await call.context.journal.events(about: message.id)
        steps += events.map(NativeTraceStep.init)
        if try call.principal().may(.webhooksManage) {
            let ids = Set(events.map(\.id))
            for webhook in try await call.context.state.webhooks().list() {
                steps += try await call.context.state.deliveries.list(webhook: webhook.id, limit: 200)
                    .filter { ids.contains($0.event) }.map(NativeTraceStep.init)
            }
        }
        for turn in try await call.context.state.agents().turns(about: message.id) {
            steps += NativeTraceStep.steps(of: turn)
        }
        // The send a message came from tells the rest: queued, dispatched, landed.
        let sends = try await call.context.sends.list(state: nil, chats: nil, limit: 200)
        if let send = sends.first(where: { $0.message == message.id }) {
            let history = try await call.context.journal.events(about: MessageID(rawValue: send.id.rawValue))
            steps += history.map(NativeTraceStep.init)
        }
        // Sorting keeps what has the same time in the order it was found.
        let ordered = steps.enumerated().sorted {
            ($0.element.at.timestamp, $0.offset) < ($1.element.at.timestamp, $1.offset)
        }
        return NativeList(ordered.map(\.element))
    }
}

extension NativeTraceStep {
    /// An event of the journal as a step.
    init(_ event: GatewayEvent) {
        var detail = "Event \(event.cursor.sequence): \(event.kind)"
        var step = "event"
        switch event.snapshot {
        case .message(_, let changed, let arrival):
            if event.kind == .messageCreated { detail += ", arrived as \(arrival.rawValue)" }
            if !changed.isEmpty { detail += " (\(changed.joined(separator: ", ")))" }
        case .send(let send):
            step = "send"
            detail = "Send \(send.state)"
            if send.attempts > 1 { detail += " at attempt \(send.attempts)" }
            if let failure = send.failure { detail += ": \(failure.code). \(failure.remedy)" }
        case .tapback(let tapback, _): detail += " (\(tapback.kind.name))"
        default: break
        }
        self.init(at: event.time, step: step, detail: detail)
    }

    /// A delivery to a webhook as a step.
    init(_ delivery: Delivery) {
        var detail = "Webhook \(delivery.webhook): \(delivery.state.rawValue)"
        if let status = delivery.status { detail += ", status \(status)" }
        if let error = delivery.error { detail += ", \(error)" }
        if delivery.attempts > 1 { detail += ", \(delivery.attempts) attempts" }
        self.init(at: delivery.updatedAt, step: "delivery", detail: detail)
    }

    /// A turn of an agent: its begin, its own steps, its end.
    static func steps(of turn: TurnRecord) -> [NativeTraceStep] {
        var steps = [NativeTraceStep(at: turn.startedAt, step: "turn", detail: "Agent \(turn.agent) began a turn")]
        steps += turn.steps.map { NativeTraceStep(at: $0.at, step: $0.step, detail: $0.detail) }
        if let end = turn.endedAt {
            steps.append(
                NativeTraceStep(
                    at: end, step: "turn", detail: "Agent \(turn.agent): \(turn.outcome)",
                    milliseconds: Int((end - turn.startedAt).wholeNanoseconds / 1_000_000)))
        }
        return steps
    }
}
