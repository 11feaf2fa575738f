//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState

/// The state of one webhook's loop: the machine, the events it holds, and what is not stored yet.
struct WebhookProgress {
    typealias Machine = WebhookEndpointStateMachine

    private let webhook: Webhook
    private let context: WebhookEndpoint.Context
    private var epoch: String
    private var entries: [Int64: JournalEntry] = [:]
    /// What is known of events that were being retried or set aside before a restart.
    private var earlier: [Int64: Delivery]
    private var unsaved: [Int64: Delivery] = [:]
    private var savedCursor: Cursor
    /// What is being stored right now; nil when nothing is.
    private var saving: [Int64: Delivery]?
    private var unsavedSince: Timestamp?
    private(set) var pauseReason: String?
    var machine: Machine

    static func load(_ webhook: Webhook, context: WebhookEndpoint.Context) async throws -> WebhookProgress {
        let stored = try await context.state.sinkCursors.cursor(of: webhook.sinkName)
        let unfinished = try await context.state.deliveries.unfinished(webhook: webhook.id)
        return WebhookProgress(
            webhook: webhook, context: context, cursor: stored ?? context.journal.head, unfinished: unfinished)
    }

    private init(webhook: Webhook, context: WebhookEndpoint.Context, cursor: Cursor, unfinished: [Delivery]) {
        self.webhook = webhook
        self.context = context
        epoch = cursor.epoch
        savedCursor = cursor
        machine = Machine(after: cursor.sequence, configuration: context.configuration)
        earlier = Dictionary(unfinished.map { ($0.sequence, $0) }, uniquingKeysWith: { first, _ in first })
        for delivery in unfinished where delivery.state == .setAside { machine.enqueueAside(Self.item(delivery)) }
    }

    /// Takes in events from the journal while there is room.
    ///
    /// - Returns: whether there is more.
    mutating func fill() async throws -> Bool {
        let room = machine.room
        guard room > 0 else { return true }
        do {
            let page = try await context.journal.page(
                after: Cursor(epoch: epoch, sequence: machine.scanned), limit: room, filter: webhook.filter)
            for entry in page.entries { take(entry) }
            machine.skip(through: page.next.sequence)
            return !page.isAtHead
        } catch {
            guard let oldest = error.resumePoint else { throw error }
            if oldest.epoch != epoch { restart(at: oldest) }
            let gap = GatewayEvent.gap(
                after: Cursor(epoch: epoch, sequence: machine.scanned), resumingAt: oldest, at: context.clock.now)
            take(JournalEntry(gap))
            machine.skip(through: oldest.sequence)
            return true
        }
    }

    /// The event of `item`; nil when it is no longer in the journal.
    mutating func entry(of item: Machine.Item) async throws -> JournalEntry? {
        if let entry = entries[item.sequence] { return entry }
        let before = Cursor(epoch: epoch, sequence: item.sequence - 1)
        do {
            let page = try await context.journal.page(after: before, limit: 1)
            let entry = page.entries.first { $0.event.cursor.sequence == item.sequence }
            entries[item.sequence] = entry
            return entry
        } catch {
            guard error.resumePoint != nil else { throw error }
            return nil
        }
    }

    /// Notes what is to be stored.
    ///
    /// - Returns: the events to post.
    @discardableResult
    mutating func note(_ actions: [Machine.Action], at now: Timestamp) -> [Machine.Item] {
        var posts: [Machine.Item] = []
        for action in actions {
            switch action {
            case .post(let item): posts.append(item)
            case .retry(let item): record(item, .retrying, at: now)
            case .setAside(let item): record(item, .setAside, at: now)
            case .delivered(let item):
                record(item, item.status == WebhookEndpoint.prunedStatus ? .dead : .delivered, at: now)
                entries[item.sequence] = nil
            case .giveUp(let item):
                record(item, .dead, at: now)
                entries[item.sequence] = nil
            case .pause(let reason): pauseReason = reason
            }
        }
        return posts
    }

    // MARK: Storing

    /// When the next save is due; nil when there is nothing to store, or a save is under way.
    var saveDue: Timestamp? {
        guard saving == nil, let unsavedSince else { return nil }
        return unsavedSince + WebhookEndpoint.saveInterval
    }

    /// What stores the results so far, when it is time.
    mutating func takeSave(at now: Timestamp) -> (@Sendable () async throws -> Void)? {
        let cursor = Cursor(epoch: epoch, sequence: machine.cursor)
        if unsavedSince == nil, cursor != savedCursor { unsavedSince = now }
        guard let due = saveDue, due <= now else { return nil }
        let deliveries = Array(unsaved.values)
        saving = unsaved
        unsavedSince = nil
        unsaved.removeAll()
        savedCursor = cursor
        let (state, id) = (context.state, webhook.id)
        return { try await state.deliveries.save(deliveries, cursor: cursor, of: id, at: now) }
    }

    /// Notes that the save is done.
    mutating func saveEnded() { saving = nil }

    /// Stores the rest when the loop ends, also in a cancelled task; what is lost is only repeated.
    func saveNow() {
        let cursor = Cursor(epoch: epoch, sequence: machine.cursor)
        // A save under way may have been cancelled; the cursor must never pass an event whose state is not stored.
        let rest = (saving ?? [:]).merging(unsaved) { _, newer in newer }
        guard !rest.isEmpty || cursor != savedCursor else { return }
        try? context.state.deliveries.saveBlocking(
            Array(rest.values), cursor: cursor, of: webhook.id, at: context.clock.now)
    }

    // MARK: Details

    private mutating func take(_ entry: JournalEntry) {
        let event = entry.event
        var item = Machine.Item(
            sequence: event.cursor.sequence, lane: event.chat?.rawValue ?? "line:\(event.line)")
        if let known = earlier[item.sequence] {
            item.attempts = known.attempts
            item.firstFailedAt = known.firstFailedAt
            item.nextAt = known.nextAt
        }
        entries[item.sequence] = entry
        machine.enqueue(item)
    }

    /// Goes on in another life of the journal, where old places mean nothing.
    private mutating func restart(at oldest: Cursor) {
        epoch = oldest.epoch
        entries.removeAll()
        earlier.removeAll()
        machine = Machine(after: oldest.sequence, configuration: context.configuration)
    }

    private mutating func record(_ item: Machine.Item, _ state: Delivery.State, at now: Timestamp) {
        let event = entries[item.sequence]?.event
        let known = earlier[item.sequence]
        if state == .delivered || state == .dead { earlier[item.sequence] = nil }
        unsaved[item.sequence] = Delivery(
            webhook: webhook.id, sequence: item.sequence, event: event?.id ?? known?.event ?? "",
            kind: event?.kind ?? known?.kind ?? .gatewayGap, chat: event?.chat ?? known?.chat, state: state,
            attempts: item.attempts, status: item.status, error: item.error, firstFailedAt: item.firstFailedAt,
            nextAt: state == .retrying || state == .setAside ? item.nextAt : nil, updatedAt: now)
        if unsavedSince == nil { unsavedSince = now }
    }

    private static func item(_ delivery: Delivery) -> Machine.Item {
        var item = Machine.Item(
            sequence: delivery.sequence, lane: delivery.chat?.rawValue ?? "aside:\(delivery.sequence)")
        item.attempts = delivery.attempts
        item.firstFailedAt = delivery.firstFailedAt
        item.nextAt = delivery.nextAt
        item.wasRejected = true
        item.status = delivery.status
        item.error = delivery.error
        return item
    }
}
