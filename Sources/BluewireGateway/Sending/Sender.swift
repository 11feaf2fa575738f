//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
package import BluewireModel
import BluewireState
import BluewireStore
import BluewireTransport
package import BluewireWire

/// What a command asks to send.
package struct SendRequestOptions: Sendable {
    /// A chat id, a GUID or an address; several addresses make a group.
    package var to: [String]
    /// The name of a group that does not exist yet.
    package var groupName: String?
    /// What is sent; its files are paths of this machine.
    package var draft: Draft
    /// When it is to go out; nil for at once.
    package var sendAt: Timestamp?
    /// An idempotency key.
    package var key: String?
    /// How long to wait for the message to be seen in the store.
    package var wait: Duration

    /// Options from their fields.
    package init(to: [String], draft: Draft, key: String? = nil, wait: Duration = .seconds(15)) {
        self.to = to
        groupName = nil
        self.draft = draft
        sendAt = nil
        self.key = key
        self.wait = wait
    }

    /// The request of the native API that asks for the same.
    fileprivate var request: NativeSendRequest {
        let isChat = to.count == 1 && (to[0].hasPrefix("ch_") || to[0].contains(";"))
        var request = NativeSendRequest(
            chat: isChat ? to[0] : nil, text: draft.text, files: draft.files.isEmpty ? nil : draft.files,
            replyTo: draft.replyTo?.rawValue, effect: draft.effect, subject: draft.subject)
        if !isChat { request.to = OneOrMany(to) }
        request.name = groupName
        if !draft.mentions.isEmpty {
            request.mentions = draft.mentions.map {
                NativeMention(address: $0.address, start: $0.range.location, length: $0.range.length)
            }
        }
        if draft.isVoiceNote { request.voiceNote = true }
        if !draft.choices.isEmpty { request.choices = draft.choices }
        request.sendAt = sendAt.map { NativeTime($0) }
        return request
    }
}

/// Sends for a command: through the running gateway, or with an outbox of its own on the same durable state.
package struct Sender: Sendable {
    private let configuration: GatewayConfiguration
    private let remote: RemoteGateway?

    /// A sender for this configuration, or through the gateway that was named.
    package init(_ configuration: GatewayConfiguration, remote: RemoteGateway? = nil) {
        self.configuration = configuration
        self.remote = remote
    }

    /// Sends, and waits until the message landed, failed, became unknown, or the wait is over.
    ///
    /// - Throws: ``GatewayError`` or the gate's error; then nothing was stored or sent.
    package func send(_ options: SendRequestOptions) async throws -> NativeSend {
        var options = options
        options.draft.files = options.draft.files.map(AbsolutePath.of)
        // Cut as the wire does, so that a key means the same request with and without a gateway.
        options.sendAt = options.sendAt.map { NativeTime($0).timestamp }
        if let client = await RunningGateway.client(configuration, remote: remote) {
            return try await send(options, through: client)
        }
        return try await sendAlone(options)
    }

    private func send(_ options: SendRequestOptions, through client: GatewayClient) async throws -> NativeSend {
        var request = options.request
        if client.isRemote, let files = request.files, !files.isEmpty {
            var uploads: [String] = []
            for file in files { uploads.append(try await client.upload(file)) }
            request.attachments = uploads
            request.files = nil
        }
        let send = try await client.submit(request, key: options.key)
        guard options.sendAt == nil else { return send }
        return try await Self.settled(send, wait: options.wait) { try await client.send($0.id) }
    }

    /// Sends with an outbox in this process.
    ///
    /// Its rows are leased, so a gateway that starts meanwhile neither loses nor repeats them. The origin is the one of
    /// the gateway's own socket: a key used through the gateway is the same key here.
    private func sendAlone(_ options: SendRequestOptions) async throws -> NativeSend {
        let store = try StoreFactory.store(configuration)
        let recipient: Recipient =
            options.to.count == 1
            ? try await recipient(options.to[0], in: store) : .group(options.to, name: options.groupName)
        let directory = try StateDirectory(path: configuration.stateDirectory)
        let state = try StateDatabase(path: directory.statePath)
        var sending = Outbox.Configuration(lines: [try TransportFactory.line(configuration)])
        sending.crashHook = OutboxCrashPoint.hook(fatalAt: configuration.crashPoint)
        let outbox = Outbox(
            store: state.sends, log: nil, resolver: store, clock: SystemWallClock(), configuration: sending
        )
        let gate = AuditedSender(
            sender: OutboundGate(
                outbox: outbox, defaultLine: configuration.line, reader: store, budget: configuration.budget),
            trail: AuditTrail(state))
        let accepted = try await gate.submit(
            SendRequest(
                recipient: recipient, recipientAsWritten: options.to.joined(separator: ","),
                action: .message(options.draft), notBefore: options.sendAt, key: options.key,
                origin: Principal.owner.id
            )
        )
        // The gateway that runs then sends it when its time has come.
        if options.sendAt != nil { return NativeSend(accepted) }
        // Nobody else works on the outbox, so even who does not want to wait gives it the time to be handed over.
        let settled = try await outbox.settle(accepted.id, within: max(options.wait, .seconds(1)))
        return NativeSend(settled ?? accepted)
    }

    private func recipient(_ reference: String, in store: MessageStore) async throws -> Recipient {
        switch try await store.resolve(reference) {
        case .chat(let chat): return .chat(chat.id)
        case .ambiguous(let chats): throw GatewayError.ambiguous(chats)
        case .none:
            guard !reference.hasPrefix("ch_"), !reference.contains(";") else { throw GatewayError.noSuchChat }
            return .handle(reference)
        }
    }

    private static func settled(
        _ send: NativeSend, wait: Duration, refresh: @Sendable (NativeSend) async throws -> NativeSend
    ) async throws -> NativeSend {
        let waiting: Set<String> = [
            Send.State.queued.rawValue, Send.State.dispatched.rawValue, Send.State.landed.rawValue,
        ]
        let clock = ContinuousClock()
        let end = clock.now + wait
        var send = send
        while waiting.contains(send.state), clock.now < end {
            try await clock.sleep(for: .milliseconds(50))
            send = try await refresh(send)
        }
        return send
    }
}

extension GatewayError {
    /// Several chats go by one name.
    static func ambiguous(_ chats: [Chat]) -> GatewayError {
        GatewayError(
            .badData, message: "\(chats.count) chats go by that name.",
            remedy: "Use one of the ids: \(chats.map(\.id.rawValue).joined(separator: ", "))."
        )
    }

    /// No chat goes by that name.
    static var noSuchChat: GatewayError {
        GatewayError(
            .missingInput, message: "There is no such chat.",
            remedy: "`bluewire chats` lists them; an address needs its country code, for example +15551234567."
        )
    }
}
