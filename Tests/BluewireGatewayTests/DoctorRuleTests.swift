//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import BluewireTesting
import Foundation
import Testing

/// The doctor's rules, over snapshots of machines written by hand.
@Suite struct DoctorRuleTests {
    /// A snapshot, and what must be said to it.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var finding: String
        /// Nil where nothing may be said at all.
        var verdict: Finding.Verdict?
        /// A piece of what was seen or of the remedy.
        var words: String
        var arrange: @Sendable (inout MachineSnapshot) -> Void

        init(
            _ name: String, _ finding: String, _ verdict: Finding.Verdict?, _ words: String = "",
            arrange: @escaping @Sendable (inout MachineSnapshot) -> Void
        ) {
            testDescription = name
            self.finding = finding
            self.verdict = verdict
            self.words = words
            self.arrange = arrange
        }

        /// A case about a Mac.
        static func mac(
            _ name: String, _ finding: String, _ verdict: Finding.Verdict?, _ words: String = "",
            arrange: @escaping @Sendable (inout MacFacts, inout EarlierGrants) -> Void
        ) -> Case {
            Case(name, finding, verdict, words) { snapshot in
                var mac = snapshot.mac ?? MacFacts()
                arrange(&mac, &snapshot.earlier)
                snapshot.mac = mac
            }
        }
    }

    static let now = Timestamp(seconds: 1_780_000_000)

    private func everything(_ snapshot: MachineSnapshot) -> [Finding] {
        let single = [
            OperationRules.service(snapshot, isGatewayRunning: false), OperationRules.sharedAccount(snapshot),
            OperationRules.certificate(snapshot), OperationRules.tokens(snapshot), OperationRules.readiness(snapshot),
        ]
        return MacRules.findings(snapshot) + single.compactMap(\.self)
            + [OperationRules.clock(snapshot, zone: "Europe/Berlin")] + OperationRules.endpoints(snapshot)
    }

    @Test(arguments: permissions + macs + operations) func everyMachineHearsWhatIsSoThere(_ item: Case) throws {
        var snapshot = MachineSnapshot(now: Self.now)
        item.arrange(&snapshot)
        let findings = everything(snapshot)
        guard let verdict = item.verdict else {
            return #expect(!findings.contains { $0.id == item.finding })
        }
        let finding = try #require(findings.first { $0.id == item.finding })
        #expect(finding.verdict == verdict)
        let text = "\(finding.detail) \(finding.remedy ?? "")"
        #expect(item.words.isEmpty || text.contains(item.words), "\(text)")
        #expect(findings.allSatisfy { $0.title.count <= 16 })
        // Whatever is wrong comes with what to do.
        #expect(findings.allSatisfy { $0.verdict != .bad || $0.remedy?.isEmpty == false })
    }

    // MARK: - Permissions

    /// Missing, denied and stale, for both permissions.
    static let permissions: [Case] = [
        .mac("automation granted", "automation", .good) { mac, _ in mac.automation = 0 },
        .mac("automation never asked", "automation", .note, "never asked") { mac, _ in mac.automation = -1744 },
        .mac("automation forgotten", "automation", .bad, "forgotten") { mac, earlier in
            mac.automation = -1744
            earlier.couldControl = true
        },
        .mac("automation denied", "automation", .bad, "was refused") { mac, _ in mac.automation = -1743 },
        .mac("automation stale", "automation", .bad, "off and on again") { mac, earlier in
            mac.automation = -1743
            earlier.couldControl = true
        },
        .mac("automation stale after a build", "automation", .bad, "another build") { mac, earlier in
            mac.automation = -1743
            mac.requirement = "cdhash H\"2\""
            earlier.couldControl = true
            earlier.requirement = "cdhash H\"1\""
        },
        .mac("automation unknown", "automation", .note, "Open Messages") { mac, _ in mac.automation = -600 },
        .mac("automation of another system", "automation", nil) { mac, _ in mac.automation = nil },
        Case("automation over ssh", "automation", .bad, "at the Mac's screen") { snapshot in
            snapshot.mac = MacFacts()
            snapshot.mac?.automation = -1743
            snapshot.holder = .ssh
        },
        Case("automation of a terminal", "automation", .note, "permissions of Terminal") { snapshot in
            snapshot.mac = MacFacts()
            snapshot.mac?.automation = -1744
            snapshot.holder = MachineSnapshot.PermissionHolder(environment: ["TERM_PROGRAM": "Apple_Terminal"])
        },
    ]

    @Test(arguments: [
        (false, true, false, "never given"), (true, true, false, "switched off"), (true, true, true, "no effect now"),
        (false, true, true, "no effect now"),
    ])
    func fullDiskAccessIsMissingDeniedOrStale(
        _ isFolderReadable: Bool, _ isFileThere: Bool, _ couldRead: Bool, _ words: String
    ) {
        var snapshot = MachineSnapshot(now: Self.now)
        snapshot.earlier.couldRead = couldRead
        let finding = PermissionRules.diskAccess(
            isFolderReadable: isFolderReadable, isFileThere: isFileThere, in: snapshot)
        #expect(finding.verdict == .bad)
        #expect(finding.detail.contains(words))
        #expect(finding.remedy?.contains("Full Disk Access") == true)
    }

    @Test(arguments: [(["database"], Finding.Verdict.bad), ([], .note)])
    func whatTheGatewayMayReadCountsMore(_ lacks: [String], _ verdict: Finding.Verdict) {
        var snapshot = MachineSnapshot(now: Self.now)
        snapshot.gatewayLacks = lacks
        #expect(
            PermissionRules.diskAccess(isFolderReadable: false, isFileThere: true, in: snapshot).verdict == verdict)
    }

    @Test(arguments: [
        (MachineSnapshot.PermissionHolder.program("Terminal"), false, true), (.program("iTerm"), false, false),
        (.ssh, true, false),
    ])
    func onlyWhatTheSameProgramWasGrantedIsStale(
        _ holder: MachineSnapshot.PermissionHolder, _ isServiceInstalled: Bool, _ isKnown: Bool
    ) throws {
        let folder = try TemporaryFolder()
        var setup = SetupState()
        setup.holder = "Terminal"
        setup.note(.diskAccess, at: Self.now)
        setup.note(.automation, at: Self.now)
        try setup.save(in: folder.path)
        let earlier = EarlierGrants(
            stateDirectory: folder.path, holder: holder, isServiceInstalled: isServiceInstalled)
        #expect(earlier.couldRead == isKnown)
        #expect(earlier.couldControl == isKnown)
    }

    @Test(arguments: [true, false]) func aJournalProvesThatTheDatabaseWasRead(_ isServiceInstalled: Bool) throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(filePath: folder.file("journal.db")))
        let earlier = EarlierGrants(
            stateDirectory: folder.path, holder: .other, isServiceInstalled: isServiceInstalled)
        #expect(earlier.couldRead == !isServiceInstalled)
    }

    // MARK: - Macs

    /// Whether Messages is signed in, and whether the Mac stays awake and comes back.
    static let macs: [Case] = [
        .mac("signed in", "account", .good, "1 account") { mac, _ in
            mac.accounts = MacFacts.Accounts(enabled: 1, connected: 1)
        },
        .mac("signed out", "account", .bad, "sign in") { mac, _ in
            mac.accounts = MacFacts.Accounts(enabled: 0, connected: 0)
        },
        .mac("not connected", "account", .bad, "network") { mac, _ in
            mac.accounts = MacFacts.Accounts(enabled: 2, connected: 0)
        },
        .mac("Messages closed", "account", .note, "Open Messages") { mac, _ in mac.isMessagesRunning = false },
        Case("no own address", "account", .note, "sign in") { snapshot in
            snapshot.mac = MacFacts()
            snapshot.ownAddresses = 0
        },
        Case("own addresses", "account", .note, "2 own addresses") { snapshot in
            snapshot.mac = MacFacts()
            snapshot.ownAddresses = 2
        },
        .mac("certificate", "signature", .good) { mac, _ in mac.requirement = "identifier x and anchor apple generic" },
        .mac("ad hoc", "signature", .note, "codesign") { mac, _ in mac.requirement = "cdhash H\"1\"" },
        .mac("another build", "signature", .note, "not the build") { mac, earlier in
            mac.requirement = "cdhash H\"2\""
            earlier.requirement = "cdhash H\"1\""
        },
        .mac("unknown signature", "signature", nil) { _, _ in },
        .mac("awake", "sleep", .good) { mac, _ in mac.sleepMinutes = 0 },
        .mac("sleeps", "sleep", .note, "1 idle minute;") { mac, _ in mac.sleepMinutes = 1 },
        .mac("on battery", "power", .note, "adapter") { mac, _ in (mac.hasBattery, mac.isOnBattery) = (true, true) },
        .mac("comes back", "power", .good) { mac, _ in mac.restartsAfterPowerCut = true },
        .mac("stays off", "power", .note, "autorestart") { mac, _ in mac.restartsAfterPowerCut = false },
        .mac("portable", "power", .good, "battery") { mac, _ in
            (mac.hasBattery, mac.restartsAfterPowerCut) = (true, false)
        },
        .mac("logs in", "login", .good) { mac, _ in mac.logsInByItself = true },
        .mac("waits", "login", .note, "Automatically log in") { mac, _ in mac.logsInByItself = false },
        .mac("FileVault", "login", .note, "authrestart") { mac, _ in
            (mac.logsInByItself, mac.hasFileVault) = (false, true)
        },
        .mac("up to date", "updates", .good) { mac, _ in mac.waitingUpdates = 0 },
        .mac("update waits", "updates", .note, "2 updates") { mac, _ in mac.waitingUpdates = 2 },
        .mac("update comes", "updates", .note, "by itself") { mac, _ in
            (mac.waitingUpdates, mac.updatesByItself) = (1, true)
        },
        .mac("no helper", "helper", .note, "Tapbacks") { _, _ in },
        .mac("protection off", "helper", .note, "csrutil enable") { mac, _ in mac.hasIntegrityProtection = false },
        Case("no Mac", "helper", nil) { _ in },
    ]

    // MARK: - Around the gateway

    private static func service(_ file: OwnedFile.State, isRunning: Bool?, lastExit: Int? = nil) -> ServiceReport {
        let plan = ServicePlan(
            supervisor: .launchd, program: "/p", configurationFile: nil, stateDirectory: "/s", environmentFile: "/e",
            home: "/h", configurationHome: "/c")
        var report = ServiceReport(plan, file: file)
        report.isRunning = isRunning
        report.lastExit = lastExit
        return report
    }

    private static func asked(_ outcome: ModelEndpoint.Outcome) -> [ModelEndpoint.Seen] {
        let endpoint = ModelEndpoint(
            agent: "helper", baseURL: "https://models.example:8443/v1", key: "sk-secret", egress: [])
        return [ModelEndpoint.Seen(endpoint, outcome, now: now.seconds)]
    }

    private static func certificate(endsIn days: Int64, isKeyOpen: Bool = false) -> CertificateFacts {
        var facts = CertificateFacts(path: "/c.pem", keyPath: "/k.pem")
        facts.validity = .init(
            notBefore: now - .seconds(400 * 86_400), notAfter: now + .seconds(days * 86_400 + 60))
        facts.isKeyOpen = isKeyOpen
        return facts
    }

    private static func token(
        age: Int64, used: Int64? = nil, ends: Int64? = nil, isUnlimited: Bool = false
    ) -> MachineSnapshot.TokenFacts {
        MachineSnapshot.TokenFacts(
            createdAt: now - .seconds(age * 86_400), lastUsedAt: used.map { now - .seconds($0 * 86_400) },
            expiresAt: ends.map { now + .seconds($0 * 86_400) }, isUnlimited: isUnlimited)
    }

    /// Service, account, clock, certificate, tokens, models.
    static let operations: [Case] = [
        Case("no service", "service", .note, "service install") { $0.service = service(.absent, isRunning: nil) },
        Case("strange service", "service", .note, "left alone") { $0.service = service(.foreign, isRunning: true) },
        Case("service runs", "service", .good) { $0.service = service(.current, isRunning: true) },
        Case("old service", "service", .note, "again") { $0.service = service(.outdated, isRunning: true) },
        Case("service ended", "service", .bad, "ended with 78") {
            $0.service = service(.current, isRunning: false, lastExit: 78)
        },
        Case("service unknown", "service", .note, "could not be asked") {
            $0.service = service(.current, isRunning: nil)
        },
        Case("no gateway asked", "readiness", nil) { _ in },
        Case("gateway ready", "readiness", .good) { $0.gatewayLacks = [] },
        Case("gateway without its database", "readiness", .bad, "of its own") { $0.gatewayLacks = ["database"] },
        Case("gateway cannot send", "readiness", .bad) { $0.gatewayLacks = ["sending"] },
        Case("gateway waits for a row", "readiness", .note) { $0.gatewayLacks = ["parked_rows"] },
        Case("own account", "shared", .good) { $0.authors = .init(messages: 50, own: 10, ours: 12) },
        Case("shared account", "shared", .note, "5 of the newest 50") {
            $0.authors = .init(messages: 50, own: 9, ours: 4)
        },
        Case("account unknown", "shared", nil) { $0.authors = .init(messages: 50, own: 9, ours: nil) },
        Case("empty account", "shared", nil) { $0.authors = .init(messages: 0, own: 0, ours: 0) },
        Case("clock good", "clock", .good, "Europe/Berlin") { $0.isClockFollowing = true },
        Case("clock follows nobody", "clock", .note, "set-ntp") { $0.isClockFollowing = false },
        Case("clock not set", "clock", .bad) { $0.now = Timestamp(seconds: 0) },
        Case("clock ahead", "clock", .note, "90 seconds ahead") {
            $0.endpoints = asked(.answered(status: 200, date: now.seconds - 90))
        },
        Case("clock behind", "clock", .bad, "600 seconds behind") {
            $0.endpoints = asked(.answered(status: 200, date: now.seconds + 600))
        },
        Case("no TLS", "certificate", nil) { _ in },
        Case("certificate good", "certificate", .good) { $0.certificate = certificate(endsIn: 100) },
        Case("certificate ends", "certificate", .note, "in 5 days") { $0.certificate = certificate(endsIn: 5) },
        Case("certificate ended", "certificate", .bad, "tls init --force") {
            $0.certificate = certificate(endsIn: -2)
        },
        Case("certificate of tomorrow", "certificate", .bad, "clock") {
            $0.certificate = certificate(endsIn: 900)
            $0.now = now - .seconds(500 * 86_400)
        },
        Case("key open", "certificate", .bad, "chmod 600 /k.pem") {
            $0.certificate = certificate(endsIn: 100, isKeyOpen: true)
        },
        Case("no certificate", "certificate", .bad, "tls init") {
            $0.certificate = CertificateFacts(path: "/c.pem", keyPath: "/k.pem")
        },
        Case("tokens unknown", "tokens", nil) { _ in },
        Case("no tokens", "tokens", .good) { $0.tokens = [] },
        Case("tokens good", "tokens", .good, "2 tokens, the oldest 9 days") {
            $0.tokens = [token(age: 9), token(age: 3)]
        },
        Case("token ends", "tokens", .note, "token create") { $0.tokens = [token(age: 9, ends: 3)] },
        Case("token idle", "tokens", .note, "token revoke") { $0.tokens = [token(age: 200, used: 100)] },
        Case("token old and used", "tokens", .good) { $0.tokens = [token(age: 200, used: 1)] },
        Case("model answers", "endpoint", .good, "models.example:8443") {
            $0.endpoints = asked(.answered(status: 200, date: nil))
        },
        Case("model has no list", "endpoint", .good) { $0.endpoints = asked(.answered(status: 404, date: nil)) },
        Case("key refused", "endpoint", .bad, "keyVariable") {
            $0.endpoints = asked(.answered(status: 401, date: nil))
        },
        Case("model busy", "endpoint", .note) { $0.endpoints = asked(.answered(status: 429, date: nil)) },
        Case("model broken", "endpoint", .bad) { $0.endpoints = asked(.answered(status: 503, date: nil)) },
        Case("model away", "endpoint", .bad, "baseURL") {
            $0.endpoints = asked(.unreachable(message: "Nobody listens.", remedy: ""))
        },
        Case("model refused", "endpoint", .bad, "egress.model") {
            $0.endpoints = asked(.unreachable(message: "Refused.", remedy: "Add it to egress.model."))
        },
    ]

    @Test func keysOfModelsAreNeverTold() {
        for status in [200, 401, 429, 503] {
            var snapshot = MachineSnapshot(now: Self.now)
            snapshot.endpoints = Self.asked(.answered(status: status, date: nil))
            #expect(OperationRules.endpoints(snapshot).allSatisfy { !"\($0)".contains("sk-secret") })
        }
    }
}
