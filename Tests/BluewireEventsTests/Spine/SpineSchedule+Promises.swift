//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization

// What must hold whatever happened.
extension SpineSchedule {
    func checkOrder(_ record: SendRecord) {
        for earlier in store.records where earlier.sequence < record.sequence && earlier.sharesOrder(with: record) {
            if earlier.progress.state == .queued || earlier.progress.state == .dispatched {
                violate("\(record.id) overtakes a send of its chat")
            }
        }
    }

    /// Looks at everything once nothing moves any more.
    func check() async {
        let events: [GatewayEvent]
        do {
            events = try await lane.journal.events(after: start, limit: .max)
        } catch {
            return violate("the journal cannot be read: \(error)")
        }
        checkMessages(events)
        checkSends(events)
        checkSinks(events)
    }

    // MARK: Inbound

    private func checkMessages(_ events: [GatewayEvent]) {
        var created: [String: [Arrival]] = [:]
        var places: [String: Int64] = [:]
        var latest: [String: Message] = [:]
        var gone: Set<String> = []
        for event in events {
            switch event.snapshot {
            case .message(let message, _, let arrival):
                let guid = message.id.rawValue
                if event.kind == .messageCreated { created[guid, default: []].append(arrival) }
                latest[guid] = message
                places[guid] = event.cursor.sequence
                gone.remove(guid)
            case .deletedMessage(let id): gone.insert(id.rawValue)
            default: break
            }
        }
        let rows = messages.world.withLock { $0.rows }
        for (guid, arrivals) in created where arrivals.count > 1 { violate("\(guid) was created twice") }
        for row in rows where !row.text.hasPrefix("before") {
            guard row.truth != .ghost else {
                if created[row.guid] != nil { violate("\(row.guid) has no chat and was reported") }
                continue
            }
            guard let arrival = created[row.guid]?.first else {
                violate("\(row.guid) (\(row.text)) is lost")
                continue
            }
            if row.truth == .genuine, !arrival.reachesAgents { violate("\(row.guid) (\(row.text)) is \(arrival)") }
            if row.truth == .history, arrival.reachesAgents { violate("\(row.guid) is history and taken for news") }
            if gone.contains(row.guid) { violate("\(row.guid) is reported as deleted and is there") }
            guard let seen = latest[row.guid], !isSame(seen, row.message) else { continue }
            violate("the journal does not know what became of \(row.guid) (\(row.text))")
        }
        let (deleted, hidden) = state.withLock { ($0.deleted, $0.hidden) }
        // A file that was replaced is announced by a gap: readers list the chats again.
        let gap = events.last { $0.kind == .gatewayGap }?.cursor.sequence ?? 0
        for guid in deleted.subtracting(hidden) where !gone.contains(guid) {
            guard let place = places[guid], place > gap else { continue }
            violate("\(guid) was deleted unnoticed")
        }
    }

    private func isSame(_ seen: Message, _ row: Message) -> Bool {
        seen.body.plainText == row.body.plainText && seen.status == row.status && seen.errorCode == row.errorCode
            && seen.deliveredAt == row.deliveredAt && seen.readAt == row.readAt && seen.editedAt == row.editedAt
            && seen.chat == row.chat && seen.isFromMe == row.isFromMe
    }

    // MARK: Outbound

    private func checkSends(_ events: [GatewayEvent]) {
        let records = store.records
        let claims = store.claims
        let world = messages.world.withLock { $0 }
        let wasReplaced = state.withLock { ($0.counts["renumber"] ?? 0) + ($0.counts["snapshot"] ?? 0) > 0 }
        for request in state.withLock({ $0.requests }) {
            guard let record = records.first(where: { $0.id == request.id }) else {
                violate("\(request.tag) is lost")
                continue
            }
            let state = record.progress.state
            if state == .queued || state == .dispatched { violate("\(request.tag) is stuck as \(state)") }
            if world.handedOver[request.tag, default: 0] > 1 + request.retries {
                violate("\(request.tag) went out twice")
            }
            let rows = world.rows.filter { $0.tag == request.tag && $0.isFromMe }
            let own = claims.values.filter { $0.send == record.id && $0.direction == .outgoing }
            if [.landed, .sent, .delivered, .read].contains(state), own.isEmpty {
                violate("\(request.tag) landed without a claim")
            }
            let isPlain = request.text != "ok" && request.retries == 0
            if isPlain, !rows.isEmpty, state == .unknown, !wasReplaced {
                violate("\(request.tag) has its row and is unknown")
            }
            if isPlain, !wasReplaced,
                let row = rows.first(where: { row in own.contains { $0.message.rawValue == row.guid } })
            {
                checkReceipts(of: request.tag, state, row)
            }
            for row in rows { checkClaim(claims[MessageID(rawValue: row.guid)], row, records) }
            let last = events.last { if case .send(let send) = $0.snapshot { send.id == record.id } else { false } }
            if case .send(let send)? = last?.snapshot, send == record.send { continue }
            violate("the journal does not know how \(request.tag) ended")
        }
        if store.publicationCount > 0 { violate("changes are waiting for the journal") }
    }

    private func checkReceipts(of tag: String, _ state: Send.State, _ row: StoredRow) {
        let expected: Send.State =
            row.error != 0 ? .failed : row.readAt != nil ? .read : row.deliveredAt != nil ? .delivered : .sent
        if state != expected { violate("\(tag) is \(state); its row says \(expected)") }
    }

    private func checkClaim(_ claim: SendClaim?, _ row: StoredRow, _ records: [SendRecord]) {
        guard let claim else { return }
        let owner = records.first { $0.id == claim.send }
        guard case .message(let draft)? = owner?.action, draft.text == row.text else {
            return violate("\(row.guid) is taken for another text")
        }
        if (claim.direction == .incoming) == row.isFromMe { violate("a claim in the wrong direction") }
    }

    // MARK: Sinks

    private func checkSinks(_ events: [GatewayEvent]) {
        let ids = events.map(\.id)
        if state.withLock({ $0.clientEvents }) != ids {
            violate("the live client has not got every event once, in order")
        }
        var names: [String: String] = [:]
        var order: [String] = []
        for (id, event) in lane.receiver.state.withLock({ $0.taken }) {
            if let known = names[event] {
                count("repeat")
                if known != id { violate("an event was repeated under another id") }
            } else {
                names[event] = id
                order.append(event)
            }
        }
        if Set(names.values).count != names.count { violate("two events share a webhook-id") }
        if Set(order) != Set(ids) {
            violate("the webhook has \(order.count) of \(ids.count) events; beyond them \(Set(order).subtracting(ids))")
        }
        let places = Dictionary(uniqueKeysWithValues: events.map { ($0.id, $0) })
        let exempt = state.withLock { $0.exempt }
        var newest: [ChatID?: Int64] = [:]
        for event in order.compactMap({ places[$0] }) where !exempt.contains(event.cursor.sequence) {
            if event.cursor.sequence < newest[event.chat, default: 0] {
                violate("the webhook got \(event.kind) out of order")
            }
            newest[event.chat] = max(newest[event.chat, default: 0], event.cursor.sequence)
        }
    }
}
