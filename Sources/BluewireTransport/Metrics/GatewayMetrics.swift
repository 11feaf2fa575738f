//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The metrics of the gateway: constant names, closed sets of labels, no content.
///
/// One set a process. `Documentation/Metrics.md` lists them; a test holds it to this list.
package enum GatewayMetrics {
    // MARK: Events

    /// Events by kind.
    package static let events = MetricFamily(
        .counter, "bluewire_events_total", "Events journalled.", label: "kind",
        values: [
            "message.created", "message.updated", "message.deleted", "tapback.added", "tapback.removed",
            "chat.created", "chat.updated", "send.updated", "line.updated", "gateway.gap",
        ])
    /// How long the watcher took for a look at the database.
    package static let looks = Histogram(
        "bluewire_look_seconds", "How long one look of the watcher at the Messages database took.")
    /// How old new messages were when they were journalled.
    package static let watcherLag = Histogram(
        "bluewire_watcher_lag_seconds", "From the date of a new message to its place in the journal.")
    /// Rows without a chat.
    package static let parkedRows = MetricFamily(
        .gauge, "bluewire_parked_rows", "Rows that wait for their chat for more than five seconds.")
    /// How often the watcher woke.
    package static let watcherWakeUps = MetricFamily(
        .counter, "bluewire_watcher_wakeups_total", "How often the watcher's thread woke.")
    /// Sizes of our databases.
    package static let databaseBytes = MetricFamily(
        .gauge, "bluewire_database_bytes", "Size of our databases, write-ahead logs included.", label: "database",
        values: ["journal", "state"])
    /// How far sinks lag.
    package static let sinkLag = MetricFamily(
        .gauge, "bluewire_sink_lag_events", "Events the slowest sink of a type has not taken, at most 10000.",
        label: "sink", values: ["webhook", "agent", "outbox"])
    /// Live readers.
    package static let liveReaders = MetricFamily(
        .gauge, "bluewire_live_readers", "WebSocket and event-stream clients connected now.")

    // MARK: Sending

    /// Hand-overs to webhooks.
    package static let deliveries = MetricFamily(
        .counter, "bluewire_webhook_deliveries_total", "Hand-overs of events to webhooks.", label: "outcome",
        values: ["delivered", "rejected", "unavailable", "gone"])
    /// How long webhooks took.
    package static let deliverySeconds = Histogram(
        "bluewire_webhook_seconds", "How long webhooks took to answer, refusals and failures included.")
    /// Sends in the outbox.
    package static let sends = MetricFamily(
        .gauge, "bluewire_sends", "Sends in the outbox by state.", label: "state", values: sendStates)
    /// Transitions of sends.
    package static let sendTransitions = MetricFamily(
        .counter, "bluewire_send_transitions_total", "Sends that came into a state.", label: "state",
        values: sendStates)
    /// From acceptance to landing.
    package static let landing = Histogram(
        "bluewire_send_landing_seconds", "From the acceptance of a send to its row in the Messages database.")

    // MARK: Server and agents

    /// How long requests took.
    package static let requestSeconds = Histogram(
        "bluewire_http_request_seconds", "How long requests took until their answer began.")
    /// Requests.
    package static let requests = RequestMetric(
        "bluewire_http_requests_total", "Requests by route template, method and class of status.",
        durations: requestSeconds)
    /// Turns of agents.
    package static let turns = MetricFamily(
        .counter, "bluewire_agent_turns_total", "Turns of agents that ended.", label: "outcome",
        values: ["answered", "cancelled", "failed", "withheld"])
    /// Tokens of models.
    package static let tokens = MetricFamily(
        .counter, "bluewire_agent_tokens_total", "Tokens that models read and wrote.", label: "direction",
        values: ["input", "output"])

    // MARK: Safety and process

    /// Refused requests to the outside.
    package static let egressRefusals = MetricFamily(
        .counter, "bluewire_egress_refusals_total", "Requests the egress guard refused.", label: "purpose",
        values: ["webhook", "model", "media"])
    /// Databases held by somebody else.
    package static let busy = MetricFamily(
        .counter, "bluewire_sqlite_busy_total", "Operations that gave up because another process held a database.",
        label: "database", values: ["state.db", "journal.db"])
    /// Resident memory.
    package static let residentBytes = MetricFamily(
        .gauge, "process_resident_memory_bytes", "Resident memory of the process.")
    /// Processor time.
    package static let processorSeconds = MetricFamily(
        .counter, "process_cpu_seconds_total", "Processor time the process used.", divisor: 1_000_000_000)
    /// Open files.
    package static let openFiles = MetricFamily(
        .gauge, "process_open_fds", "Files, sockets and pipes the process has open.")
    /// When the process started.
    package static let startTime = MetricFamily(
        .gauge, "process_start_time_seconds", "When the gateway started, in Unix seconds.")

    /// All of them.
    package static let registry = MetricsRegistry([
        events, looks, watcherLag, parkedRows, watcherWakeUps, databaseBytes, sinkLag, liveReaders, deliveries,
        deliverySeconds, sends, sendTransitions, landing, requests, requestSeconds, turns, tokens, egressRefusals, busy,
        residentBytes, processorSeconds, openFiles, startTime,
    ])

    /// The states a send can be in.
    package static let sendStates = [
        "queued", "dispatched", "landed", "sent", "delivered", "read", "failed", "unknown", "cancelled",
    ]
}
