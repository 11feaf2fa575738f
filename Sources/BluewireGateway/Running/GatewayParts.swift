//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireEvents
import BluewireModel
import BluewireNetwork
import BluewireServer
import BluewireSimulator
import BluewireState
import BluewireStore
import BluewireTransport
import BluewireWire
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Every concrete part of a gateway, opened and wired, not yet running.
///
/// Nothing is sent and nothing listens before the services run. Opening fails as a whole: what was opened is closed again.
struct GatewayParts: Sendable {
    let directory: StateDirectory
    let lock: StateLock
    let journal: Journal
    let state: StateDatabase
    let store: MessageStore
    let source: ChatDatabaseSource
    let line: Line
    let outbox: Outbox
    let gate: any OutboundSending
    let audit: AuditTrail
    let typing = TypingHub()
    let egress: EgressClient
    let uploads: UploadStore
    let hooks: HookReceiver
    let clock: any WallClock = SystemWallClock()
    let logger: Logger
    let budget: Live<Budget>
    let logLevel: Live<Logger.Level>
    private let configuration: GatewayConfiguration

    /// Opens everything the configuration names.
    ///
    /// - Throws: the error of the part that could not be opened, with its remedy.
    static func open(_ configuration: GatewayConfiguration) async throws -> GatewayParts {
        let logLevel = Live(GatewayLog.level(configuration.logLevel))
        let logger = GatewayLog.logger(level: logLevel, format: configuration.logFormat)
        // Whatever can be refused without touching the state is refused first: a wrong setting leaves nothing behind.
        try ListeningSettings.checkReach(configuration)
        let policy = try egressPolicy(configuration)
        try AgentFactory(configuration: configuration, egress: EgressClient(policy: policy), logger: logger).check()
        try StateDirectory.checkFree(path: configuration.stateDirectory)
        try await GatewayServer.probe(listener(configuration))
        let identities = ChatIdentities()
        let place = StoreFactory.place(configuration)
        let contacts = place.addressBook.map { ContactBook(path: $0) }
        let store = try MessageStore(
            ChatDatabase.Configuration(
                place: place, line: configuration.line, identities: identities, contacts: contacts)
        )
        let directory = try StateDirectory(path: configuration.stateDirectory)
        let lock = try directory.lock()
        // A restore that was killed on its way is finished first.
        try directory.finishRestore()
        StateBackup.removeLeftovers(in: directory.path)
        let existing = directory.databaseFiles()
        do {
            try directory.checkDatabases()
            return try await open(
                configuration, directory: directory, lock: lock, store: store, place: place, identities: identities,
                policy: policy, logLevel: logLevel, logger: logger
            )
        } catch {
            directory.discardNew(besides: existing)
            throw error
        }
    }

    private static func open(
        _ configuration: GatewayConfiguration, directory: StateDirectory, lock: StateLock, store: MessageStore,
        place: DatabasePlace, identities: ChatIdentities, policy: EgressPolicy,
        logLevel: Live<Logger.Level>, logger: Logger
    ) async throws -> GatewayParts {
        var keeping = Journal.Configuration()
        keeping.retention = configuration.retention.events
        keeping.maximumBytes = configuration.retention.journalBytes
        let journal = try Journal(path: directory.journalPath, configuration: keeping)
        let state = try StateDatabase(path: directory.statePath)
        let audit = AuditTrail(state, logger: logger)
        let egress = EgressClient(policy: policy) { purpose in
            GatewayMetrics.egressRefusals.add(1, purpose.rawValue)
            audit.note(.egressDenied(purpose: purpose.rawValue), by: "system")
        }
        if let saved = try await journal.sourceState(configuration.line.rawValue) { identities.restore(saved.chatIDs) }

        var watching = ChatDatabaseSource.Configuration(
            place: place, line: configuration.line, identities: identities, contacts: store.contacts
        )
        watching.useFileEvents = configuration.usesFileEvents
        watching.usePolling = configuration.usesPolling

        let line = try TransportFactory.line(configuration)
        var sending = Outbox.Configuration(lines: [line])
        sending.crashHook = OutboxCrashPoint.hook(fatalAt: configuration.crashPoint)
        // Only what another process queued and left behind is found by looking; an idle gateway sleeps longer.
        sending.idlePoll = .seconds(30)
        let outbox = Outbox(
            store: state.sends, log: journal, resolver: store, clock: SystemWallClock(), configuration: sending
        )
        let budget = Live(configuration.budget)
        return GatewayParts(
            directory: directory, lock: lock, journal: journal, state: state, store: store,
            source: ChatDatabaseSource(watching), line: line, outbox: outbox,
            gate: AuditedSender(
                sender: OutboundGate(
                    outbox: outbox, defaultLine: configuration.line, reader: store, budget: budget.value),
                trail: audit),
            audit: audit, egress: egress, budget: budget, logLevel: logLevel, logger: logger,
            configuration: configuration
        )
    }

    /// What may be reached.
    static func egressPolicy(_ configuration: GatewayConfiguration) throws(EgressError) -> EgressPolicy {
        try EgressPolicy(allow: [
            EgressPurpose.webhook.rawValue: configuration.webhookEgress,
            EgressPurpose.model.rawValue: configuration.modelEgress,
        ])
    }

    /// Where the server listens, without what only a running gateway knows.
    private static func listener(_ configuration: GatewayConfiguration) -> GatewayServer.Configuration {
        var server = GatewayServer.Configuration()
        server.host = configuration.listen.host
        server.port = configuration.listen.port
        server.tls = configuration.tls
        server.limits = configuration.limits
        return server
    }

    private init(
        directory: StateDirectory, lock: StateLock, journal: Journal, state: StateDatabase, store: MessageStore,
        source: ChatDatabaseSource, line: Line, outbox: Outbox, gate: any OutboundSending, audit: AuditTrail,
        egress: EgressClient, budget: Live<Budget>, logLevel: Live<Logger.Level>, logger: Logger,
        configuration: GatewayConfiguration
    ) {
        self.budget = budget
        self.logLevel = logLevel
        self.directory = directory
        self.lock = lock
        self.journal = journal
        self.state = state
        self.store = store
        self.source = source
        self.line = line
        self.outbox = outbox
        self.gate = gate
        self.audit = audit
        self.egress = egress
        var limits = UploadStore.Limits()
        limits.fileBytes = configuration.uploadLimit
        uploads = UploadStore(folder: directory.uploadsPath, state: state, limits: limits)
        hooks = HookReceiver(state: state, sender: gate)
        self.logger = logger
        self.configuration = configuration
    }

    /// The services in the order they start; they stop in reverse.
    ///
    /// - Parameters:
    ///   - reloading: where the configuration is read again, and the signals that ask for it; nil for never.
    ///   - onReady: called once all listeners listen, with the TCP port.
    func services(
        reloading: (source: ConfigurationSource, signals: UnixSignalsSequence?)?,
        onReady: @escaping @Sendable (Int) async -> Void
    ) async throws -> [any Service] {
        let webhooks = WebhookDispatcher(
            journal: journal, state: state, poster: EgressWebhookPoster(client: egress), render: render, logger: logger
        )
        try await registerWebhooks(configuration.webhooks)
        let agents = try AgentFactory(configuration: configuration, egress: egress, logger: logger).agents(
            journal: journal, state: state, store: store, outbox: outbox, gate: gate,
            restoredAt: try await state.restoredAt()
        )
        let listenerChanged = Bell()
        let controls = ServerControls(ListeningSettings.access(configuration)) { listenerChanged.ring() }
        let reloader = reloading.map { reloading in
            Reloader(
                source: reloading.source, running: configuration,
                parts: Reloader.Parts(
                    controls: controls, egress: egress, budget: budget, logLevel: logLevel,
                    agents: agents.map(\.runtime), audit: audit, logger: logger,
                    registerWebhooks: { entries, before in
                        try await registerWebhooks(entries, before: before)
                        webhooks.reload()
                    }))
        }
        let server = GatewayServer(
            configuration: serverConfiguration(onReady: onReady),
            context: serverContext(webhooks: webhooks, reloader: reloader), controls: controls, logger: logger
        )
        GatewayGauges(journal: journal, state: state, source: source, directory: directory)
            .register(startedAt: clock.now)
        let foundation: [any Service] = [
            audit,
            JournalMaintenance(
                journal: journal, state: state, retention: configuration.retention.state, logger: logger),
            Ingest(sources: sources, journal: journal, typing: typing, logger: logger), outbox, webhooks,
            UploadMaintenance(store: uploads, logger: logger), HookService(receiver: hooks, logger: logger),
        ]
        var optional: [any Service] = []
        if let reloader, let signals = reloading?.signals {
            optional.append(ReloadService(reloader: reloader, signals: signals))
        }
        if configuration.isAnnounced {
            let program = ResponderProgram()
            optional.append(
                DiscoveryService(
                    responder: .own, clock: clock, logger: logger, changed: listenerChanged,
                    listener: { controls.listener }, run: { await program.run($0, $1) }))
        }
        return foundation + optional + agents.flatMap { [$0.runtime, $0.runner] as [any Service] } + [server]
    }

    private var sources: [any EventSource] {
        guard configuration.transports.contains(.simulator), let socket = configuration.simulatorSocket else {
            return [source]
        }
        let store = store
        return [
            source,
            SimulatorTypingSource(line: line.id, client: SimulatorClient(socketPath: socket)) { guid in
                guard case .chat(let chat) = try? await store.resolve(guid.rawValue) else { return nil }
                return chat.id
            },
        ]
    }

    /// The wire form of events; every surface of this process uses it.
    private var render: @Sendable (GatewayEvent) -> [UInt8] {
        let names = nameLookup
        return { NativeEvent($0, names: names).json }
    }

    private var nameLookup: @Sendable (Handle) -> String? {
        let contacts = store.contacts
        return { contacts?.contact(for: $0)?.name }
    }

    private func serverConfiguration(onReady: @escaping @Sendable (Int) async -> Void) -> GatewayServer.Configuration {
        var server = Self.listener(configuration)
        server.socketPath = directory.socketPath
        server.onReady = onReady
        return server
    }

    private func serverContext(webhooks: WebhookDispatcher, reloader: Reloader?) -> ServerContext {
        var context = ServerContext(
            store: store, journal: journal, state: state, sender: gate, sends: outbox, lines: [line]
        )
        let readiness = Readiness(source: source, store: store, line: line)
        context.typing = typing
        context.names = nameLookup
        context.render = render
        context.version = ProductVersion.current
        let contacts = store.contacts
        context.contacts = { contacts?.entries ?? [] }
        context.audit = audit
        let path = directory.path
        context.backup = { caller in try await StateBackup(directory: path).lend(to: caller) }
        if let reloader {
            context.reload = { caller in
                do {
                    return try await reloader.reload(by: caller)
                } catch let error as GatewayError {
                    throw NativeProblem(.invalidRequest, detail: error.message, remedy: error.remedy)
                }
            }
        }
        context.webRoot = configuration.webRoot
        context.uploads = uploads
        context.hooks = hooks
        context.thumbnails = ThumbnailCache(
            folder: directory.thumbnailsPath,
            maker: ThumbnailPrograms(path: ProcessInfo.processInfo.environment["PATH"] ?? ""))
        context.readiness = { await readiness.missing() }
        context.webhooksChanged = { webhooks.reload() }
        context.testWebhook = { webhook in _ = try await webhooks.sendTest(to: webhook.id) }
        if configuration.transports.contains(.simulator), let socket = configuration.simulatorSocket {
            let client = SimulatorClient(socketPath: socket)
            context.simulator = { method, path, body in
                let answer = try await client.call(method, path, body: body)
                return (answer.status, answer.body)
            }
        }
        return context
    }

    /// The secret a webhook of the file is to have; nil when it gets one of its own.
    static func secret(of entry: GatewayConfiguration.WebhookEntry) throws(GatewayError) -> String? {
        guard let variable = entry.secretVariable else { return nil }
        guard let secret = ProcessInfo.processInfo.environment[variable], secret.hasPrefix("whsec_") else {
            throw GatewayError(
                .configuration, message: "The webhook \(entry.name) wants its secret in \(variable), which holds none.",
                remedy: "Export \(variable) with a value that begins with whsec_, or remove secretVariable."
            )
        }
        return secret
    }

    /// Webhooks of the file are kept under their URL: a restart changes neither their secret nor their cursor.
    ///
    /// - Parameter before: what the file said; a webhook whose events were changed there since gets them.
    private func registerWebhooks(
        _ entries: [GatewayConfiguration.WebhookEntry], before: [GatewayConfiguration.WebhookEntry] = []
    ) async throws {
        let repository = state.webhooks()
        let known = try await repository.list()
        for entry in entries {
            let filter = EventFilter(kinds: entry.events.map { Set($0.map { GatewayEvent.Kind(rawValue: $0) }) })
            if let webhook = known.first(where: { $0.url == entry.url }) {
                let last = before.first { $0.url == entry.url }
                guard let last, last.events != entry.events else { continue }
                _ = try await repository.update(webhook.id) { $0.filter = filter }
                continue
            }
            let secret = try Self.secret(of: entry) ?? WebhookRepository.makeSecret()
            let webhook = try await repository.create(
                url: entry.url, filter: filter, secret: secret, after: journal.head)
            await audit.record(.webhookCreated(webhook.id), by: "system")
        }
    }
}
