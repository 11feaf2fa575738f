//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireNetwork
import BluewireState
import BluewireStore
import BluewireTransport
package import BluewireWire
// Full Foundation: JSON decoding, the temporary folder.
import Foundation

/// Follows messages for a command: the running gateway's events, or the database itself, from now on.
package struct Watcher: Sendable {
    private let configuration: GatewayConfiguration
    private let isDirect: Bool
    private let remote: RemoteGateway?

    /// What to follow.
    package struct Options: Sendable {
        /// Resume after this cursor.
        package var cursor: String?
        /// Only this chat.
        package var chat: String?

        /// Options from their fields.
        package init(cursor: String? = nil, chat: String? = nil) {
            self.cursor = cursor
            self.chat = chat
        }
    }

    /// A watcher; `direct` watches the database even when a gateway runs, `remote` is followed instead of that one.
    package init(_ configuration: GatewayConfiguration, direct: Bool, remote: RemoteGateway? = nil) {
        self.configuration = configuration
        isDirect = direct
        self.remote = remote
    }

    /// Hands over every event with its JSON until cancelled; after a cut it resumes where it was.
    package func run(
        _ options: Options, _ body: @escaping @Sendable (NativeEvent, [UInt8]) async throws -> Void
    ) async throws {
        if !isDirect, let client = await RunningGateway.client(configuration, remote: remote) {
            try await follow(client, options, body)
        } else if options.cursor != nil {
            throw GatewayError(
                .unavailable, message: "A cursor needs a running gateway, and none answers.",
                remedy: "Start `bluewire serve`, or leave --cursor out to watch from now on."
            )
        } else {
            try await watchDatabase(options, body)
        }
    }

    /// Answers incoming messages by a program, one at a time and in order.
    package func answer(
        _ options: Options, by program: ReplyProgram, report: @escaping @Sendable (String) -> Void
    ) async throws {
        let sender = Sender(configuration, remote: remote)
        try await run(options) { event, _ in
            guard
                event.kind == GatewayEvent.Kind.messageCreated.rawValue, let message = event.message,
                event.arrival.flatMap(Arrival.init(rawValue:))?.reachesAgents == true, program.answers(message),
                let chat = message.chat
            else { return }
            do {
                guard let reply = try await program.reply(to: message) else { return }
                // The message's GUID is the key: however often it is seen, it is answered once.
                let send = try await sender.send(
                    SendRequestOptions(to: [chat], draft: Draft(text: reply), key: "exec:\(message.id)", wait: .zero)
                )
                report("\(message.id): answered by \(send.id)")
            } catch {
                let failure = GatewayError(translating: error)
                report("\(message.id): \(failure.message) \(failure.remedy)")
            }
        }
    }

    private func follow(
        _ client: GatewayClient, _ options: Options, _ body: (NativeEvent, [UInt8]) async throws -> Void
    ) async throws {
        // Where "now" is, before anything is read: a cut before the first event loses nothing.
        var cursor = if let given = options.cursor { given } else { try await client.head() }
        // What is wrong at the start is told; later the gateway is waited for.
        var events: ServerSentEventSequence? = try await client.events(
            after: cursor, types: [], chat: options.chat)
        var pause = Self.shortestPause
        while !Task.isCancelled {
            do {
                let stream =
                    if let events { events } else {
                        try await client.events(after: cursor, types: [], chat: options.chat)
                    }
                events = nil
                pause = Self.shortestPause
                for try await event in stream {
                    if let id = event.id { cursor = id }
                    guard !event.data.isEmpty else { continue }
                    let bytes = Array(event.data.utf8)
                    let decoded = try JSONDecoder().decode(NativeEvent.self, from: Data(bytes))
                    try await body(decoded, bytes)
                }
            } catch let error as EgressError where ![.cancelled, .refused, .invalid].contains(error.code) {
                // The gateway restarts, or the connection was cut: resume after the last event seen.
            } catch let problem as NativeProblem where [408, 429, 503].contains(problem.status) {
                // It is there, and cannot take us yet.
                pause = max(pause, .seconds(min(problem.retryAfter ?? 1, 60)))
            }
            try await ContinuousClock().sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private static let shortestPause = Duration.milliseconds(300)
    private static let longestPause = Duration.seconds(5)

    /// Keeps a journal of its own in a temporary folder, so that nothing is printed twice; it is removed at the end.
    private func watchDatabase(
        _ options: Options, _ body: @escaping @Sendable (NativeEvent, [UInt8]) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bluewire-watch-\(UUID().uuidString)")
        let directory = try StateDirectory(path: folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        let journal = try Journal(path: directory.journalPath)
        let place = StoreFactory.place(configuration)
        let contacts = place.addressBook.map { ContactBook(path: $0) }
        // Opened once for its error: the watcher itself would wait for a missing file.
        let store = try StoreFactory.store(configuration)
        let chat = try await chatID(options.chat, in: store)
        store.letGo()
        var watching = ChatDatabaseSource.Configuration(place: place, line: configuration.line, contacts: contacts)
        watching.useFileEvents = configuration.usesFileEvents
        watching.usePolling = configuration.usesPolling
        let source = ChatDatabaseSource(watching)
        let line = configuration.line
        let names: @Sendable (Handle) -> String? = { contacts?.contact(for: $0)?.name }
        try await source.run(from: nil) { batch in
            let events = try await journal.commit(batch, source: line.rawValue, line: line, now: SystemTime.now)
            for event in events where chat == nil || event.chat == chat {
                let native = NativeEvent(event, names: names)
                try await body(native, native.json)
            }
        }
    }

    private func chatID(_ reference: String?, in store: MessageStore) async throws -> ChatID? {
        guard let reference else { return nil }
        guard case .chat(let chat) = try await store.resolve(reference) else {
            throw GatewayError.noSuchChat
        }
        return chat.id
    }
}
