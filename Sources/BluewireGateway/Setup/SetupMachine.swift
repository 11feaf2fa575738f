//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireMessagesApp
import BluewireModel
import BluewireState
import BluewireStore
import BluewireWire
// Full Foundation: looking at files.
import Foundation

/// What the set-up asks of the computer; replaced by a stand-in in tests.
package struct SetupMachine: Sendable {
    /// Looks at the Messages database.
    package var look: @Sendable () async throws -> Look
    /// The newest chats.
    package var chats: @Sendable () async throws -> [SetupChat]
    /// Whether the database or the address book proves an address to be the owner's own.
    package var isOwn: @Sendable (_ address: String) async throws -> Bool
    /// Whether there is a way to send at all.
    package var canSend: Bool
    /// Whether messages go out through Messages on this Mac, which needs a permission.
    package var controlsMessages: Bool
    /// What macOS says about controlling Messages, without asking anybody; nil where it does not say.
    package var automation: @Sendable () -> Int?
    /// Makes macOS ask the person, by a harmless question to Messages: 0 for allowed, else the number of the refusal.
    package var askForAutomation: @Sendable () async -> Int
    /// Opens a page of System Settings; nil where there is none.
    package var openSettings: (@Sendable (_ page: SettingsPage) async -> Void)?
    /// What identifies this program to macOS.
    package var requirement: @Sendable () async -> String?
    /// Whose permissions count: a terminal's name, `ssh` or `other`.
    package var holder: String?
    /// Whether a gateway runs on the state directory.
    package var isGatewayRunning: @Sendable () -> Bool
    /// Sends one text to an own address, and gives back what a gateway in shadow mode would have answered.
    package var textToOneself: @Sendable (_ address: String) async throws -> SelfText.Outcome

    /// What the database is like.
    package enum Look: Hashable, Sendable {
        /// It is readable and has messages.
        case readable(chats: Int, ownAddresses: Int)
        /// It is readable and empty: Messages is not signed in, or still syncing.
        case empty
        /// It may not be read, or is not there; waiting may help.
        case unreadable(message: String, remedy: String, isPermission: Bool)
    }

    /// A page of System Settings, Privacy & Security.
    package enum SettingsPage: String, Hashable, Sendable {
        /// Full Disk Access.
        case diskAccess = "Privacy_AllFiles"
        /// Automation.
        case automation = "Privacy_Automation"
    }

    /// A machine from its parts.
    package init(
        look: @escaping @Sendable () async throws -> Look, chats: @escaping @Sendable () async throws -> [SetupChat],
        isOwn: @escaping @Sendable (_ address: String) async throws -> Bool,
        textToOneself: @escaping @Sendable (_ address: String) async throws -> SelfText.Outcome
    ) {
        self.look = look
        self.chats = chats
        self.isOwn = isOwn
        canSend = true
        controlsMessages = false
        automation = { nil }
        askForAutomation = { 0 }
        requirement = { nil }
        isGatewayRunning = { false }
        self.textToOneself = textToOneself
    }

    // MARK: - This computer

    /// This computer.
    package static func this(_ configuration: GatewayConfiguration, machine: DiagnosisMachine = .this) -> SetupMachine {
        var setup = SetupMachine(
            look: { try await look(configuration, machine: machine) },
            chats: {
                let chats = try await ChatReader.open(configuration, direct: true).chats(limit: 5, query: nil).data
                return chats.map { SetupChat(name: $0.name, lastMessageAt: $0.lastMessageAt?.timestamp) }
            },
            isOwn: { try await StoreFactory.store(configuration).isOwn($0) },
            textToOneself: { try await SelfText(configuration).send(to: $0) }
        )
        setup.canSend = !configuration.transports.isEmpty
        setup.controlsMessages = configuration.transports.contains(.applescript)
        setup.automation = machine.automation
        setup.askForAutomation = { await askForAutomation(configuration.osascript) }
        setup.isGatewayRunning = { StateDirectory.lockHolder(at: configuration.stateDirectory) != nil }
        guard machine.isMac else { return setup }
        setup.requirement = {
            let call = MacTool.signature.call(program: Executable.path, osascript: configuration.osascript)
            guard let answer = await machine.run(call.tool, call.arguments) else { return nil }
            return MacFacts([.signature: answer], automation: nil).requirement
        }
        setup.holder = MachineSnapshot.PermissionHolder(environment: machine.environment).name
        setup.openSettings = { page in
            let place = "x-apple.systempreferences:com.apple.preference.security?\(page.rawValue)"
            _ = await machine.run("/usr/bin/open", [place])
        }
        return setup
    }

    private static func look(_ configuration: GatewayConfiguration, machine: DiagnosisMachine) async throws -> Look {
        let store: MessageStore
        do throws(StoreError) {
            store = try StoreFactory.store(configuration)
        } catch {
            switch error.code {
            case .denied where machine.isMac:
                var snapshot = MachineSnapshot(now: machine.now)
                snapshot.holder = MachineSnapshot.PermissionHolder(environment: machine.environment)
                snapshot.earlier = EarlierGrants(
                    stateDirectory: configuration.stateDirectory, holder: snapshot.holder, isServiceInstalled: false)
                let finding = PermissionRules.diskAccess(
                    isFolderReadable: access(StoreFactory.place(configuration).folder, R_OK | X_OK) == 0,
                    isFileThere: FileStatus(path: configuration.database) != nil, in: snapshot)
                return .unreadable(message: finding.detail, remedy: finding.remedy ?? "", isPermission: true)
            case .denied, .missing, .locked, .replaced:
                return .unreadable(message: error.message, remedy: error.remedy, isPermission: error.code == .denied)
            // What is no database of Messages does not become one by waiting.
            default: throw error
            }
        }
        let checkup = try await store.checkup(newest: 1)
        guard checkup.messages > 0 else { return .empty }
        return .readable(chats: checkup.conversations, ownAddresses: checkup.ownAddresses)
    }

    // MARK: - Automation

    private static func askForAutomation(_ osascript: String) async -> Int {
        // An unanswered question becomes a refusal after two minutes.
        let runner = SystemCommandRunner(limit: .seconds(150))
        let script = "tell application \"Messages\" to count accounts"
        return errorNumber(of: await runner.run(osascript, ["-e", script]))
    }

    /// The number of a refusal, which osascript prints in parentheses at the end of its line; 0 for success.
    package static func errorNumber(of answer: CommandAnswer?) -> Int {
        guard let answer else { return unknownError }
        if answer.isSuccess { return 0 }
        guard let open = answer.complaint.lastIndex(of: "("), let close = answer.complaint.lastIndex(of: ")"),
            open < close, let number = Int(answer.complaint[answer.complaint.index(after: open)..<close]), number != 0
        else { return unknownError }
        return number
    }

    /// `errOSAGeneralError`: it failed, and nobody knows why.
    private static let unknownError = -2700
}
