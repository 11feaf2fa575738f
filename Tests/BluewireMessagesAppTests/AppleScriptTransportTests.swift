//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireMessagesApp
import BluewireModel
import BluewireTesting
import BluewireTransport
import Foundation
import Testing

@Suite struct AppleScriptTransportTests {
    static let guid = "iMessage;-;+15550001"
    static let direct = Target.chat(
        guid: ChatGUID(rawValue: guid), isGroup: false, channel: .iMessage, addresses: ["+15550001"])
    static let group = Target.chat(
        guid: ChatGUID(rawValue: "any;-;chat42"), isGroup: true, channel: .iMessage, addresses: ["a@b.c", "+15550002"])
    static let stranger = Target.chat(
        guid: ChatGUID(rawValue: "any;-;+15550009"), isGroup: false, channel: .sms, addresses: ["+15550009"])

    static func withStandIn(_ body: (StandInInterpreter) async throws -> Void) async throws {
        let standIn = try StandInInterpreter(known: [guid, "any;+;chat42"])
        defer { standIn.remove() }
        try await body(standIn)
    }

    static func error(_ transport: AppleScriptTransport, _ intent: Intent) async -> TransportError? {
        do throws(TransportError) {
            _ = try await transport.perform(intent)
            return nil
        } catch {
            return error
        }
    }

    @Test func keepsTheTransportContract() async throws {
        let subject = TransportUnderTest(name: "applescript", target: Self.direct) { fault in
            let standIn = try StandInInterpreter(known: [Self.guid])
            let mode =
                switch fault {
                case .none: ""
                case .beforeHandOver: "-600"
                case .afterHandOver: "lost"
                case .denied: "-1743"
                }
            return TransportUnderTest.Instance(transport: standIn.transport(mode: mode)) {
                try standIn.sent().compactMap(\.text)
            }
        }
        try await TransportContract.checkAll(subject)
    }

    @Test func nothingPrivateIsInAnyArgumentListAndNoJobIsLeft() async throws {
        try await Self.withStandIn { standIn in
            let transport = standIn.transport()
            for text in TransportContract.texts {
                _ = try await transport.perform(.send(Draft(text: text), to: Self.direct))
            }
            #expect(try standIn.sent().map(\.text) == TransportContract.texts)
            #expect(try standIn.sent().allSatisfy { !$0.isLeaked })
            #expect(standIn.leftovers().isEmpty)
        }
    }

    @Test func filesAreStagedWhereMessagesMayReadThemUnderTheirOwnName() async throws {
        try await Self.withStandIn { standIn in
            let file = standIn.folder.appendingPathComponent("my holiday 🏝️ #1.png")
            try Data([1, 2, 3]).write(to: file)
            let intent = Intent.send(Draft(text: "look", files: [file.path]), to: Self.direct)
            _ = try await standIn.transport().perform(intent)
            let sent = try standIn.sent()
            #expect(sent.map(\.kind) == ["text", "file"])
            #expect(sent.map(\.error) == [0, 0])
            let staged = URL(fileURLWithPath: sent[1].content)
            #expect(staged.lastPathComponent == file.lastPathComponent)
            #expect(try Data(contentsOf: staged) == Data([1, 2, 3]))
            _ = try await standIn.transport(stagesElsewhere: true).perform(
                .send(Draft(text: "", files: [file.path]), to: Self.direct))
            #expect(try standIn.sent().last?.error == 25)
        }
    }

    @Test func groupsPersonsAndStrangersAreAddressedByTheirChannel() async throws {
        try await Self.withStandIn { standIn in
            let transport = standIn.transport()
            for target in [Self.group, Self.stranger, .handle(address: "new@person.example", channel: .unknown)] {
                _ = try await transport.perform(.send(Draft(text: "hi"), to: target))
            }
            let sent = try standIn.sent()
            #expect(sent.map(\.place) == ["chat", "participant", "participant"])
            #expect(sent.map(\.name) == ["any;+;chat42", "+15550009", "new@person.example"])
            #expect(sent.map(\.account) == ["iMessage", "SMS", "iMessage"])
        }
    }

    @Test func chatThatMessagesHasNotLoadedYetIsAskedForAgain() async throws {
        try await Self.withStandIn { standIn in
            _ = try await standIn.transport(mode: "flaky").perform(.send(Draft(text: "hi"), to: Self.direct))
            #expect(try standIn.sent().map(\.place) == ["chat"])
            #expect(standIn.startCount() == 3)
        }
    }

    @Test(arguments: [
        ("-1743", "rejected", "automation_denied"), ("-1712", "ambiguous", "event_timeout"),
        ("-1700", "rejected", "wrong_type"), ("-600", "unreachable", "messages_not_running"),
        ("nobody", "rejected", "chat_not_found"),
    ])
    func errorsAreTypedAndCarryARemedy(mode: String, code: String, reason: String) async throws {
        try await Self.withStandIn { standIn in
            let target = mode == "nobody" ? Self.stranger : Self.direct
            let error = await Self.error(standIn.transport(mode: mode), .send(Draft(text: "private"), to: target))
            #expect(error?.code.description == code)
            #expect(error?.reason == reason)
            #expect(error?.remedy.isEmpty == false)
            #expect(error?.description.contains("+1555") == false)
            let sent = try standIn.sent()
            #expect(sent.isEmpty)
        }
    }

    private static func isRunning(_ pid: Int32) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z ") } ?? false
    }

    @Test func aHangIsEndedWithEverythingItStartedAndIsAmbiguous() async throws {
        try await Self.withStandIn { standIn in
            let error = await Self.error(
                standIn.transport(mode: "hang", limit: .milliseconds(700)), .send(Draft(text: "hi"), to: Self.direct))
            #expect(error?.code == .ambiguous)
            #expect(error?.reason == "timeout")
            let pids = try String(contentsOfFile: standIn.folder.path + "/pids", encoding: .utf8)
                .split(separator: "\n").compactMap { Int32($0) }
            #expect(pids.count == 2)
            // The signal was sent to all of them; the system carries it out a moment later.
            let end = ContinuousClock.now + .seconds(10)
            while pids.contains(where: Self.isRunning), ContinuousClock.now < end { await Task.yield() }
            #expect(!pids.contains(where: Self.isRunning))
        }
    }

    @Test func exitZeroWithoutARowIsOnlyAnAcceptance() async throws {
        try await Self.withStandIn { standIn in
            let acceptance = try await standIn.transport(mode: "silent").perform(
                .send(Draft(text: "hi"), to: Self.direct))
            #expect(acceptance.message == nil)
            let sent = try standIn.sent()
            #expect(sent.isEmpty)
        }
    }

    @Test func aRefusalAfterTheFirstPartIsNoProofAnyMore() async throws {
        try await Self.withStandIn { standIn in
            let file = standIn.folder.appendingPathComponent("a.png")
            try Data([1]).write(to: file)
            let intent = Intent.send(Draft(text: "look", files: [file.path]), to: Self.direct)
            let error = await Self.error(standIn.transport(mode: "lostfile"), intent)
            #expect(error?.code == .ambiguous)
            #expect(error?.reason == "partly_sent")
        }
    }

    /// Cancels whoever waits for exactly this long.
    private struct CancellingClock: WallClock {
        let pause: Duration

        var now: Timestamp { SystemWallClock().now }

        func sleep(for duration: Duration) async throws {
            if duration == pause { throw CancellationError() }
            try await SystemWallClock().sleep(for: duration)
        }
    }

    @Test(arguments: [("look", TransportError.Code.ambiguous, "partly_sent"), ("", .unreachable, "cancelled")])
    func aCancelledPauseIsAProofOnlyBeforeTheFirstPart(
        text: String, code: TransportError.Code, reason: String
    ) async throws {
        try await Self.withStandIn { standIn in
            let file = standIn.folder.appendingPathComponent("a.png")
            try Data([1]).write(to: file)
            let pause = Duration.milliseconds(7)
            let transport = standIn.transport(
                mode: "chatlost", pauses: [pause], clock: CancellingClock(pause: pause))
            let error = await Self.error(transport, .send(Draft(text: text, files: [file.path]), to: Self.direct))
            #expect(error?.code == code)
            #expect(error?.reason == reason)
            #expect(try standIn.sent().map(\.kind) == (text.isEmpty ? [] : ["text"]))
        }
    }

    @Test func aMissingInterpreterIsProvenAndSaysSo() async throws {
        try await Self.withStandIn { standIn in
            var configuration = AppleScriptTransport.Configuration(
                files: ScriptFiles(jobFolder: standIn.folder.path + "/jobs", stagingFolder: standIn.staging))
            configuration.interpreter = standIn.folder.path + "/absent"
            let transport = AppleScriptTransport(configuration)
            #expect(await transport.capabilities.supported.isEmpty)
            let error = await Self.error(transport, .send(Draft(text: "hi"), to: Self.direct))
            #expect(error?.code == .unreachable)
        }
    }

    @Test func aMissingFileIsRefusedBeforeAnythingIsSent() async throws {
        try await Self.withStandIn { standIn in
            let intent = Intent.send(Draft(text: "look", files: ["/no/such.png"]), to: Self.direct)
            #expect(await Self.error(standIn.transport(), intent)?.reason == "file_not_staged")
            let sent = try standIn.sent()
            #expect(sent.isEmpty)
        }
    }

    @Test func polarityIsRepairedAndTheServiceKept() {
        let wrong = Target.chat(guid: ChatGUID(rawValue: "any;-;chat7"), isGroup: true, channel: .rcs, addresses: [])
        #expect(ScriptTarget(wrong) == ScriptTarget(isChat: true, name: "any;+;chat7", account: "SMS"))
        #expect(ScriptTarget.participant(of: wrong) == nil)
        #expect(ScriptTarget(Self.direct)?.name == Self.guid)
    }
}

@Suite struct PermissionDiagnosisTests {
    static func store(_ change: (inout PermissionDiagnosis.StoreProbe) -> Void) -> PermissionDiagnosis {
        var probe = PermissionDiagnosis.StoreProbe()
        change(&probe)
        return PermissionDiagnosis(store: probe)
    }

    @Test func theDatabaseIsToldApart() {
        let table: [(PermissionDiagnosis, PermissionDiagnosis.State)] = [
            (Self.store { _ in }, .granted),
            (
                Self.store {
                    $0.isFolderReadable = false; $0.openError = 1
                }, .missing
            ),
            (Self.store { $0.openError = 1 }, .denied), (Self.store { $0.sqliteCode = 23 }, .denied),
            (
                Self.store {
                    $0.openError = 13; $0.wasReadable = true
                }, .stale
            ),
            (
                Self.store {
                    $0.isFolderReadable = false; $0.wasReadable = true
                }, .stale
            ),
            (
                Self.store {
                    $0.isFileThere = false; $0.sqliteCode = 14
                }, .notSignedIn
            ),
            (Self.store { $0.isFileThere = false }, .notSignedIn),
            (Self.store { $0.hasMessages = false }, .notSignedIn),
            (Self.store { $0.hasMessageTable = false }, .damaged), (Self.store { $0.sqliteCode = 26 }, .damaged),
        ]
        for (diagnosis, state) in table {
            #expect(diagnosis.state == state)
            #expect(diagnosis.remedy.isEmpty == (state == .granted))
        }
    }

    @Test(
        arguments: [
            (nil, false, .granted), (-1743, false, .denied), (-1743, true, .stale), (-1712, false, .missing),
            (-600, true, .notRunning), (-10000, false, .denied),
        ] as [(Int?, Bool, PermissionDiagnosis.State)])
    func automationIsToldApart(number: Int?, wasAllowed: Bool, state: PermissionDiagnosis.State) {
        var probe = PermissionDiagnosis.AutomationProbe()
        probe.errorNumber = number
        probe.wasAllowed = wasAllowed
        let diagnosis = PermissionDiagnosis(automation: probe)
        #expect(diagnosis.state == state)
        #expect(diagnosis.remedy.isEmpty == (state == .granted))
    }
}
