//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport

/// A sink that speaks to people, after a restore: messages from before it may have been answered by the state that was
/// replaced, so they are not offered again.
struct RestoredSink: Sink {
    let sink: any Sink
    let since: Timestamp

    var name: String { sink.name }

    func receive(_ events: [GatewayEvent]) async throws {
        let fresh = events.filter { event in
            guard case .message(let message, _, _) = event.snapshot else { return true }
            return message.sentAt >= since
        }
        if !fresh.isEmpty { try await sink.receive(fresh) }
    }
}
