//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import BluewireTesting
import Foundation
import Synchronization
import Testing

/// A person who answers from a list, and keeps what was said.
private final class ScriptedPerson: SetupConsole {
    private struct State {
        var answers: [String]
        var said: [String] = []
        var asked: [String] = []
        var shown: [SetupChat] = []
    }

    private let state: Mutex<State>

    init(_ answers: [String]) { state = Mutex(State(answers: answers)) }

    var said: String { state.withLock { $0.said.joined(separator: "\n") } }
    var asked: [String] { state.withLock { $0.asked } }
    var shown: [SetupChat] { state.withLock { $0.shown } }

    func say(_ text: String) { state.withLock { $0.said.append(text) } }
    func begin(_ title: String) { say(title) }
    func show(_ chats: [SetupChat]) { state.withLock { $0.shown += chats } }

    func ask(_ question: String) async -> String? {
        state.withLock { state in
            state.asked.append(question)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
    }
}

/// What a machine under set-up was made to do.
private final class Deeds: Sendable {
    private let texts = Mutex<[String]>([])
    private let looks = Mutex(0)
    private let questions = Mutex(0)
    private let pages = Mutex<[SetupMachine.SettingsPage]>([])

    var texted: [String] { texts.withLock { $0 } }
    var lookCount: Int { looks.withLock { $0 } }
    var questionCount: Int { questions.withLock { $0 } }
    var openedPages: [SetupMachine.SettingsPage] { pages.withLock { $0 } }

    func text(_ address: String) { texts.withLock { $0.append(address) } }
    func open(_ page: SetupMachine.SettingsPage) { pages.withLock { $0.append(page) } }

    /// Counts a look; how many came before it.
    func look() -> Int {
        looks.withLock { count in
            defer { count += 1 }; return count
        }
    }

    /// Counts a question of macOS; how many came before it.
    func question() -> Int {
        questions.withLock { count in
            defer { count += 1 }; return count
        }
    }
}

/// A clock whose pauses are over at once.
private struct HurriedClock: WallClock {
    var now: Timestamp { Timestamp(seconds: 1_780_000_000) }
    func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
}

private let own = "+12025550100"

@Suite struct SetupTests {
    private func machine(
        _ deeds: Deeds, looks: [SetupMachine.Look] = [], outcome: SelfText.Outcome = .answered(draft: "Hello!")
    ) -> SetupMachine {
        SetupMachine(
            look: {
                let count = deeds.look()
                return count < looks.count ? looks[count] : .readable(chats: 3, ownAddresses: 1)
            },
            chats: { [SetupChat(name: "Ada", lastMessageAt: Timestamp(seconds: 1_779_000_000))] },
            isOwn: { $0 == own },
            textToOneself: { address in
                deeds.text(address)
                return outcome
            })
    }

    private func run(
        _ folder: TemporaryFolder, _ machine: SetupMachine, _ person: ScriptedPerson, repeats: Bool = false
    ) async throws -> Setup.Outcome {
        try await Setup(
            stateDirectory: folder.file("state"), machine: machine, console: person, clock: HurriedClock()
        ).run(repeats: repeats)
    }

    private func state(_ folder: TemporaryFolder) -> SetupState { SetupState.load(from: folder.file("state")) }

    @Test func everythingInOneGoThenNothingTwice() async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        var machine = machine(deeds)
        machine.controlsMessages = true
        machine.automation = { 0 }
        machine.requirement = { "cdhash 1" }
        let person = ScriptedPerson([own, "yes"])
        #expect(try await run(folder, machine, person) == .finished)
        #expect(person.shown.map(\.name) == ["Ada"])
        #expect(deeds.texted == [own])
        #expect(person.said.contains("Hello!"))
        #expect(person.said.contains("bluewire service install"))
        let state = state(folder)
        #expect(SetupState.Step.allCases.allSatisfy(state.isDone))
        #expect(state.requirement == "cdhash 1")
        let earlier = EarlierGrants(stateDirectory: folder.file("state"), holder: .other, isServiceInstalled: true)
        #expect(earlier.couldControl)

        let later = ScriptedPerson([])
        #expect(try await run(folder, machine, later) == .finished)
        #expect(later.asked.isEmpty)
        #expect(deeds.texted == [own])

        #expect(try await run(folder, machine, ScriptedPerson(["yes"]), repeats: true) == .finished)
        #expect(deeds.texted == [own, own])
    }

    @Test(arguments: ["", "y", "Yes", "YES", " yes", "yes ", "no", "ja"])
    func nothingButYesSends(_ answer: String) async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        let person = ScriptedPerson([own, answer])
        #expect(try await run(folder, machine(deeds), person) == .finished)
        #expect(deeds.texted.isEmpty)
        #expect(!state(folder).isDone(.textToOneself))
        #expect(person.said.contains("Nothing was sent."))
    }

    @Test(arguments: [[], [own], ["+15557654321"], ["+15557654321", "+15557654322"]])
    func whoLeavesSendsNothingAndGoesOnLater(_ answers: [String]) async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        #expect(try await run(folder, machine(deeds), ScriptedPerson(answers)) == .unfinished)
        #expect(deeds.texted.isEmpty)
        #expect(state(folder).isDone(.diskAccess))
        #expect(state(folder).ownAddress == (answers == [own] ? own : nil))
    }

    @Test func anAddressThatIsNoLongerProvenIsAskedForAnew() async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        #expect(try await run(folder, machine(deeds), ScriptedPerson([own])) == .unfinished)
        var machine = machine(deeds)
        machine.isOwn = { _ in false }
        let person = ScriptedPerson([own, ""])
        #expect(try await run(folder, machine, person) == .finished)
        #expect(person.said.contains("does not prove"))
        #expect(deeds.texted.isEmpty)
    }

    @Test func beforeTheDatabaseCanBeReadItWaitsAndSaysWhyOnce() async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        let refusal = SetupMachine.Look.unreadable(
            message: "Full Disk Access was never given.", remedy: "Add it.", isPermission: true)
        var machine = machine(deeds, looks: [refusal, refusal, refusal, .empty, .empty])
        machine.openSettings = { deeds.open($0) }
        let person = ScriptedPerson(["y", ""])
        #expect(try await run(folder, machine, person) == .finished)
        #expect(deeds.lookCount == 6)
        #expect(deeds.openedPages == [.diskAccess])
        #expect(person.said.components(separatedBy: "never given").count == 2)
        #expect(person.said.components(separatedBy: "sign in").count == 2)
    }

    @Test func itDoesNotWaitForEver() async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        var machine = machine(deeds)
        machine.look = {
            _ = deeds.look()
            return .empty
        }
        #expect(try await run(folder, machine, ScriptedPerson([])) == .unfinished)
        #expect(deeds.lookCount == 450)
        #expect(!state(folder).isDone(.diskAccess))
    }

    @Test func macOSIsOnlyMadeToAskAfterAYes() async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        var machine = machine(deeds)
        machine.controlsMessages = true
        machine.automation = { -1744 }
        machine.askForAutomation = { deeds.question() == 0 ? -1743 : 0 }
        machine.openSettings = { deeds.open($0) }
        // No: reading works, and nothing is texted.
        #expect(try await run(folder, machine, ScriptedPerson(["n"])) == .finished)
        #expect(deeds.questionCount == 0)
        #expect(deeds.texted.isEmpty)
        // Left: the same, and unfinished.
        #expect(try await run(folder, machine, ScriptedPerson([])) == .unfinished)
        #expect(deeds.questionCount == 0)
        // Yes, refused, page opened, tried again.
        let person = ScriptedPerson(["y", "y", "", own, "yes"])
        #expect(try await run(folder, machine, person) == .finished)
        #expect(deeds.questionCount == 2)
        #expect(deeds.openedPages == [.automation])
        #expect(person.said.contains("-1743"))
        #expect(state(folder).isDone(.automation))
        #expect(deeds.texted == [own])
    }

    @Test func inAnotherTerminalPermissionsAreLookedAtAnew() async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        var machine = machine(deeds)
        machine.controlsMessages = true
        machine.askForAutomation = { deeds.question() }
        machine.holder = "Terminal"
        #expect(try await run(folder, machine, ScriptedPerson(["y", own, "no"])) == .finished)
        #expect(try await run(folder, machine, ScriptedPerson(["no"])) == .finished)
        #expect(deeds.questionCount == 1)
        machine.holder = "iTerm"
        #expect(try await run(folder, machine, ScriptedPerson(["n"])) == .finished)
        #expect(state(folder).holder == "iTerm")
        #expect(!state(folder).isDone(.automation))
    }

    @Test func aPermissionThatWasLostIsAskedForAgain() async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        var machine = machine(deeds)
        machine.controlsMessages = true
        machine.automation = { 0 }
        #expect(try await run(folder, machine, ScriptedPerson([own, "no"])) == .finished)
        #expect(state(folder).isDone(.automation))
        machine.automation = { -1743 }
        let person = ScriptedPerson(["n"])
        #expect(try await run(folder, machine, person) == .finished)
        #expect(person.asked.contains { $0.contains("macOS ask") })
        #expect(!state(folder).isDone(.automation))
    }

    @Test(arguments: [true, false])
    func whereAgentsCouldAnswerOrNothingCanBeSentNothingIsAsked(_ isGatewayRunning: Bool) async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        var machine = machine(deeds)
        machine.isGatewayRunning = { isGatewayRunning }
        machine.canSend = isGatewayRunning
        let person = ScriptedPerson([own, "yes"])
        #expect(try await run(folder, machine, person) == .finished)
        #expect(person.asked.isEmpty)
        #expect(deeds.texted.isEmpty)
    }

    @Test(arguments: [
        SelfText.Outcome.unanswered, .notSent(message: "The text is unknown.", remedy: "Look into Messages."),
    ])
    func aTextThatDidNotComeBackIsNotDone(_ outcome: SelfText.Outcome) async throws {
        let folder = try TemporaryFolder()
        let deeds = Deeds()
        let person = ScriptedPerson([own, "yes"])
        #expect(try await run(folder, machine(deeds, outcome: outcome), person) == .unfinished)
        #expect(deeds.texted == [own])
        #expect(!state(folder).isDone(.textToOneself))
    }

    @Test func theStateIsPrivateAndDamageIsABeginning() async throws {
        let folder = try TemporaryFolder()
        var state = SetupState()
        state.note(.diskAccess, at: Timestamp(seconds: 1_780_000_000))
        state.ownAddress = own
        try state.save(in: folder.path)
        try state.save(in: folder.path)
        #expect(SetupState.load(from: folder.path) == state)
        let path = folder.file("setup.json")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["setup.json"])
        try Data("{\"done\":7".utf8).write(to: URL(filePath: path))
        #expect(SetupState.load(from: folder.path) == SetupState())
    }

    @Test(arguments: [
        (CommandAnswer(isSuccess: true), 0),
        (CommandAnswer(isSuccess: false, complaint: "0:5: execution error: Not authorised (Messages). (-1743)"), -1743),
        (CommandAnswer(isSuccess: false, complaint: "execution error: AppleEvent timed out. (-1712)"), -1712),
        (CommandAnswer(isSuccess: false, complaint: "nothing to read"), -2700),
        (CommandAnswer(isSuccess: false, complaint: "odd (0)"), -2700),
        (CommandAnswer(isSuccess: false, complaint: ")("), -2700),
    ])
    func refusalsAreReadOffTheirLine(_ answer: CommandAnswer, _ number: Int) {
        #expect(SetupMachine.errorNumber(of: answer) == number)
    }

    @Test func aToolThatIsNotThereIsARefusal() { #expect(SetupMachine.errorNumber(of: nil) == -2700) }
}

@Suite struct SelfTextTests {
    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"), arguments: ["+4915199999999", "", "*"])
    func onlyAProvenOwnAddressIsWrittenTo(_ address: String) async throws {
        let folder = try TemporaryFolder()
        try TestProgram.run(
            "python3", try SharedData.require("tools/make_chatdb.py").path, "--quiet", "--out", folder.file("chat.db"),
            "--messages", "300", "--macos", "26")
        let configuration = GatewayConfiguration(
            stateDirectory: folder.file("state"), database: folder.file("chat.db"), home: folder.path)
        let error = await #expect(throws: GatewayError.self) {
            try await SelfText(configuration).send(to: address)
        }
        #expect(error?.code == .denied)
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
    }
}
