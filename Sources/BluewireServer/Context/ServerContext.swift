//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireEvents
package import BluewireModel
package import BluewireState
package import BluewireStore
package import BluewireTransport
package import BluewireWire

/// Everything the server needs from the gateway; built once by the composition root.
///
/// What is optional is absent where the gateway runs without it; its routes then answer 404 `not_available`.
package struct ServerContext: Sendable {
    /// Chats and messages.
    package var store: any ConversationReading
    /// The journal.
    package var journal: Journal
    /// Tokens, sessions, webhooks, deliveries, tasks, turns and drafts.
    package var state: StateDatabase
    /// The door to the outbox.
    package var sender: any OutboundSending
    /// The outbox as the caller sees it.
    package var sends: any SendManaging
    /// The lines of the gateway.
    package var lines: [Line]
    /// Typing, which is never journalled.
    package var typing: TypingHub?
    /// Names for addresses.
    package var names: @Sendable (Handle) -> String?
    /// The cards of the address book, by name.
    package var contacts: @Sendable () -> [ContactEntry]
    /// The version of this build.
    package var version: String
    /// What is missing for readiness (empty means ready).
    package var readiness: @Sendable () async -> [NativeReadiness]
    /// Queues a test event for a webhook; nil where no webhooks run.
    package var testWebhook: (@Sendable (Webhook) async throws -> Void)?
    /// Told after a webhook was registered or removed, so that it starts or ends at once.
    package var webhooksChanged: @Sendable () -> Void
    /// Passes a call on to the simulator; only the demo has one.
    package var simulator: SimulatorProxy?
    /// Writes down what was done and refused; nil where nobody keeps a trail.
    package var audit: AuditTrail?
    /// Makes a backup of the state for a caller and tells where it is, for the server to remove; nil where nobody can.
    package var backup: (@Sendable (_ caller: String) async throws -> String)?
    /// Reads the configuration again for a caller; nil where there is no file to read.
    package var reload: (@Sendable (_ caller: String) async throws -> NativeReload)?
    /// Files that are to be sent; nil where none can be uploaded.
    package var uploads: UploadStore?
    /// Small pictures of attachments; nil where none can be made.
    package var thumbnails: ThumbnailCache?
    /// What takes payloads for hooks; nil where no hooks run.
    package var hooks: HookReceiver?
    /// A folder whose files stand for the built-in page; nil for the page of this build.
    package var webRoot: String?
    /// The wire form of an event.
    ///
    /// Webhooks of the same process must use the same function.
    package var render: @Sendable (GatewayEvent) -> [UInt8]
    /// The time of day.
    package var clock: any WallClock

    /// A context of the parts every gateway has; set the others afterwards.
    package init(
        store: any ConversationReading, journal: Journal, state: StateDatabase, sender: any OutboundSending,
        sends: any SendManaging, lines: [Line]
    ) {
        self.store = store
        self.journal = journal
        self.state = state
        self.sender = sender
        self.sends = sends
        self.lines = lines
        typing = nil
        names = { _ in nil }
        contacts = { [] }
        version = "0"
        readiness = { [] }
        testWebhook = nil
        webhooksChanged = {}
        simulator = nil
        audit = nil
        backup = nil
        reload = nil
        webRoot = nil
        render = { NativeEvent($0).json }
        clock = SystemWallClock()
    }

    /// Passes a call on to the simulator: method, path with query and body become status and body.
    package typealias SimulatorProxy =
        @Sendable (
            _ method: String, _ path: String, _ body: [UInt8]
        ) async throws -> (status: Int, body: [UInt8])
}
