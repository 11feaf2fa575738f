//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireMessagesApp
package import BluewireModel
import BluewireState

/// The interactive set-up: waits for each permission, shows the last chats, and ends with a text to oneself.
///
/// What is done is kept after each step, so it can be stopped anywhere and goes on there. Whatever could reach somebody
/// happens only after a `yes`.
package struct Setup: Sendable {
    private let stateDirectory: String
    private let machine: SetupMachine
    private let console: any SetupConsole
    private let clock: any WallClock

    /// A set-up over its parts.
    package init(
        stateDirectory: String, machine: SetupMachine, console: any SetupConsole,
        clock: any WallClock = SystemWallClock()
    ) {
        self.stateDirectory = stateDirectory
        self.machine = machine
        self.console = console
        self.clock = clock
    }

    /// How it ended.
    package enum Outcome: Hashable, Sendable {
        /// Everything that can be done was done or left out on purpose.
        case finished
        /// Something is still to do; it goes on there the next time.
        case unfinished
    }

    /// How often it looks whether something was granted, and how long in all.
    private static let pause = Duration.seconds(2)
    private static let looks = 450

    /// Goes through every step that is not done.
    ///
    /// - Parameter repeats: whether the text to oneself is sent once more although it was seen before.
    /// - Throws: ``GatewayError`` when the state cannot be written, or the store's error when the database is none.
    package func run(repeats: Bool = false) async throws -> Outcome {
        do throws(StateError) {
            _ = try StateDirectory(path: stateDirectory)
        } catch {
            throw GatewayError(translating: error)
        }
        var state = SetupState.load(from: stateDirectory)
        if repeats { state.forget(.textToOneself) }
        if let holder = machine.holder, holder != state.holder {
            // What another program was granted says nothing about this one.
            state.forget(.diskAccess)
            state.forget(.automation)
            state.holder = holder
        }
        guard try await read(&state) else { return .unfinished }
        let mayControl = try await control(&state)
        state.requirement = await machine.requirement() ?? state.requirement
        try state.save(in: stateDirectory)
        guard mayControl != nil else { return .unfinished }
        guard let isTexted = try await text(&state, maySend: mayControl == true) else { return .unfinished }
        conclude(isTexted: isTexted)
        return .finished
    }

    // MARK: - Reading

    /// Waits until the database can be read and has messages, and shows the last chats.
    private func read(_ state: inout SetupState) async throws -> Bool {
        console.begin("Reading Messages")
        guard let look = try await waitForMessages(), case .readable(let chats, let own) = look else {
            console.say("Nothing has changed for fifteen minutes. Run `bluewire setup` again; it goes on here.")
            return false
        }
        try note(.diskAccess, in: &state)
        try note(.signedIn, in: &state)
        let addresses = own > 0 ? ", and it knows \(Doctor.counted(own, "own address", "es"))" : ""
        console.say("The database can be read: \(Doctor.counted(chats, "chat"))\(addresses). The last ones:")
        console.show(try await machine.chats())
        return true
    }

    private func waitForMessages() async throws -> SetupMachine.Look? {
        var last: SetupMachine.Look?
        for _ in 0..<Self.looks {
            let look = try await machine.look()
            if case .readable = look { return look }
            if look != last {
                last = look
                await explain(look)
            }
            try await clock.sleep(for: Self.pause)
        }
        return nil
    }

    private func explain(_ look: SetupMachine.Look) async {
        switch look {
        case .readable: return
        case .empty:
            console.say("The database is readable and empty. Open Messages, sign in, and wait until it has synced.")
        case .unreadable(let message, let remedy, let isPermission):
            console.say("\(message) \(remedy)")
            if isPermission {
                console.say(
                    "A program that runs already may have to be started anew before the permission counts; then run "
                        + "`bluewire setup` again.")
                await offer(.diskAccess)
            }
        }
        console.say("Waiting for it. Ctrl-C stops; `bluewire setup` goes on here.")
    }

    private func offer(_ page: SetupMachine.SettingsPage) async {
        guard let open = machine.openSettings else { return }
        if Self.isYes(await console.ask("Open that page of System Settings? [y/N] ")) { await open(page) }
    }

    // MARK: - Controlling Messages

    /// Whether messages can go out: nil when the person left, false when they do not want to yet.
    private func control(_ state: inout SetupState) async throws -> Bool? {
        guard machine.controlsMessages else { return true }
        console.begin("Controlling Messages")
        let known = machine.automation()
        if known == 0 || (known == nil && state.isDone(.automation)) {
            try note(.automation, in: &state)
            console.say("Messages may be controlled.")
            return true
        }
        state.forget(.automation)
        try state.save(in: stateDirectory)
        console.say(
            "To send, Bluewire has to control Messages. macOS asks you for it once, in a window on its screen; an "
                + "unanswered question counts as no. Nothing is sent by this.")
        guard let answer = await console.ask("Let macOS ask now? [y/N] ") else { return nil }
        guard Self.isYes(answer) else {
            console.say("Left out: Bluewire only reads until `bluewire setup` is run again.")
            return false
        }
        while true {
            let number = await machine.askForAutomation()
            if number == 0 {
                try note(.automation, in: &state)
                console.say("Messages may be controlled.")
                return true
            }
            var probe = PermissionDiagnosis.AutomationProbe()
            probe.errorNumber = number
            console.say("Refused (\(number)). \(PermissionDiagnosis(automation: probe).remedy)")
            await offer(.automation)
            guard let answer = await console.ask("Press Return to try again, or type skip: ") else { return nil }
            if answer == "skip" { return false }
        }
    }

    // MARK: - The text to oneself

    /// Whether a text to oneself was seen: nil when that failed or the person left, false when they do not want it.
    private func text(_ state: inout SetupState, maySend: Bool) async throws -> Bool? {
        console.begin("A text to yourself")
        guard !state.isDone(.textToOneself) else {
            console.say("It was sent and answered before. `bluewire setup --again` repeats it.")
            return true
        }
        guard machine.canSend else {
            console.say("Left out: the configuration says that Bluewire only reads (transport: none).")
            return false
        }
        guard maySend else {
            console.say("Left out, because Messages may not be controlled.")
            return false
        }
        guard !machine.isGatewayRunning() else {
            console.say(
                "Left out, because a gateway runs and its agents could answer. Stop it and run `bluewire setup` again.")
            return false
        }
        guard let address = try await ownAddress(&state) else { return nil }
        guard !address.isEmpty else {
            console.say("Left out.")
            return false
        }
        console.say(
            "One text, “\(SelfText.text)”, goes to \(address) and to nobody else. A gateway in shadow mode reads it "
                + "and drafts an answer, which is shown here and not sent.")
        guard let answer = await console.ask("Type yes to send it: ") else { return nil }
        guard answer == "yes" else {
            console.say("Nothing was sent.")
            return false
        }
        switch try await machine.textToOneself(address) {
        case .answered(let draft):
            try note(.textToOneself, in: &state)
            console.say("It arrived, and this would have been the answer:")
            console.say(draft)
            return true
        case .unanswered:
            console.say("It was sent, but not seen as a message to answer. `bluewire doctor` says what may be missing.")
            return nil
        case .notSent(let message, let remedy):
            console.say("\(message) \(remedy)")
            return nil
        }
    }

    /// A proven own address; empty to leave the text out, nil when the person left.
    private func ownAddress(_ state: inout SetupState) async throws -> String? {
        if let known = state.ownAddress, try await machine.isOwn(known) { return known }
        console.say("Which number or mail address reaches this account? The number with its country code.")
        while let line = await console.ask("Your own address (empty to leave this out): ") {
            let address = String(line.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
            guard !address.isEmpty else { return "" }
            if try await machine.isOwn(address) {
                state.ownAddress = address
                try note(.ownAddress, in: &state)
                return address
            }
            console.say(
                "The database does not prove that this is your own address, so nothing goes there. Messages, Settings, "
                    + "iMessage lists yours.")
        }
        return nil
    }

    // MARK: - The end

    private func conclude(isTexted: Bool) {
        console.begin("What next")
        if !isTexted { console.say("Reading works. What was left out, `bluewire setup` takes up again.") }
        if machine.openSettings != nil {
            console.say(
                "What was granted counts for the program this was started from. The service needs permissions of its "
                    + "own: its installation says which.")
        }
        console.say(
            """
            bluewire service install   keeps the gateway running
            bluewire serve             runs it in this terminal
            bluewire doctor            looks at everything again
            """)
    }

    private func note(_ step: SetupState.Step, in state: inout SetupState) throws(GatewayError) {
        guard !state.isDone(step) else { return }
        state.note(step, at: clock.now)
        try state.save(in: stateDirectory)
    }

    private static func isYes(_ answer: String?) -> Bool { ["y", "yes"].contains(answer?.lowercased() ?? "") }
}
