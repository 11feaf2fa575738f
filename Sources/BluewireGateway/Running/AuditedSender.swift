//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTransport

/// The outbound gate with the audit trail behind it: what it accepts is written down, without whom or what.
struct AuditedSender: OutboundSending {
    let sender: any OutboundSending
    let trail: AuditTrail
    var clock: any WallClock = SystemWallClock()

    func submit(_ request: SendRequest) async throws(OutboundError) -> Send {
        let asked = clock.now
        let send = try await sender.submit(request)
        // A repeated request gets the first result; it was written down then.
        if send.createdAt >= asked {
            await trail.record(
                .sendAccepted(send.id, to: trail.pseudonym(Self.name(of: send)), length: Self.length(send.action)),
                by: request.origin)
        }
        return send
    }

    func signal(_ signal: Signal, in chat: ChatID) async { await sender.signal(signal, in: chat) }

    func send(_ id: SendID) async throws -> Send? { try await sender.send(id) }

    private static func name(of send: Send) -> String {
        switch send.recipient {
        case .chat(let chat): chat.rawValue
        case .handle(let address): HandleKey(address).rawValue
        case .group(let addresses, _): addresses.map { HandleKey($0).rawValue }.sorted().joined(separator: " ")
        }
    }

    private static func length(_ action: Send.Action) -> Int {
        switch action {
        case .message(let draft): draft.text.count
        case .edit(_, _, let text): text.count
        default: 0
        }
    }
}
