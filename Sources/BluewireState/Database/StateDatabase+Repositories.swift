//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

extension StateDatabase {
    /// Tokens, login codes and web sessions.
    package func tokens(clock: any WallClock = SystemWallClock()) -> TokenRepository { .init(self, clock: clock) }

    /// Sink cursors.
    package var sinkCursors: SinkCursorRepository { .init(self) }

    /// Registered webhooks.
    package func webhooks(clock: any WallClock = SystemWallClock()) -> WebhookRepository { .init(self, clock: clock) }

    /// Incoming hooks.
    package func hooks(clock: any WallClock = SystemWallClock()) -> HookRepository { .init(self, clock: clock) }

    /// Webhook deliveries.
    package var deliveries: DeliveryRepository { .init(self) }

    /// Tasks and reminders.
    package func tasks(clock: any WallClock = SystemWallClock()) -> TaskRepository { .init(self, clock: clock) }

    /// What agents keep.
    package func agents(clock: any WallClock = SystemWallClock()) -> AgentRepository { .init(self, clock: clock) }

    /// The audit trail.
    package var audit: AuditRepository { .init(self) }

    /// Sends to people and the echo ledger.
    package var sends: SendRepository { .init(writer: writer) }
}
