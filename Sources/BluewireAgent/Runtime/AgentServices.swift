//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState
package import BluewireTransport

/// What an agent needs from the gateway.
package struct AgentServices: Sendable {
    /// The gate to the outbox.
    package var sender: any OutboundSending
    /// Tells own sends from other rows.
    package var echoes: any EchoChecking
    /// Reads chats.
    package var chats: any ChatReading
    /// Finds messages.
    package var search: any MessageSearching
    /// Sessions, tasks and turns.
    package var state: StateDatabase
    /// The clock.
    package var clock: any WallClock
    /// Whether the kill switch is on; asked before every turn, every bubble and every reminder.
    package var isStopped: @Sendable () async -> Bool

    /// Services from their parts.
    package init(
        sender: any OutboundSending, echoes: any EchoChecking, chats: any ChatReading, search: any MessageSearching,
        state: StateDatabase, clock: any WallClock = SystemWallClock(),
        isStopped: @escaping @Sendable () async -> Bool = { false }
    ) {
        self.sender = sender
        self.echoes = echoes
        self.chats = chats
        self.search = search
        self.state = state
        self.clock = clock
        self.isStopped = isStopped
    }
}
