//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a Mac's own tools say about it, as values; nil where they do not say.
package struct MacFacts: Hashable, Sendable {
    /// The version of macOS.
    package var version: String?
    /// After how many idle minutes it sleeps; 0 for never.
    package var sleepMinutes: Int?
    /// Whether it starts again after a power cut.
    package var restartsAfterPowerCut: Bool?
    /// Whether it has a battery.
    package var hasBattery = false
    /// Whether it draws from that battery now.
    package var isOnBattery = false
    /// Whether somebody is logged in by itself after a start.
    package var logsInByItself: Bool?
    /// Whether a start waits for somebody's password.
    package var hasFileVault: Bool?
    /// How many updates wait.
    package var waitingUpdates: Int?
    /// Whether updates install themselves, and so restart it.
    package var updatesByItself: Bool?
    /// Whether Messages runs.
    package var isMessagesRunning: Bool?
    /// Whether System Integrity Protection is on.
    package var hasIntegrityProtection: Bool?
    /// What identifies this program to macOS: its designated requirement.
    package var requirement: String?
    /// What ``AutomationStatus`` said: 0, or the number of the refusal.
    package var automation: Int?
    /// How many iMessage accounts are switched on, and how many of them are connected.
    package var accounts: Accounts?

    /// The iMessage accounts of Messages.
    package struct Accounts: Hashable, Sendable {
        /// Those that are switched on.
        package var enabled: Int
        /// Those of them that are connected.
        package var connected: Int

        /// Accounts by their numbers.
        package init(enabled: Int, connected: Int) {
            self.enabled = enabled
            self.connected = connected
        }
    }

    /// Nothing is known.
    package init() {}

    /// Reads what the tools answered; a tool that is absent or refused says nothing.
    package init(_ answers: [MacTool: DiagnosisMachine.Answer], automation: Int?) {
        self.automation = automation
        version = Self.text(answers[.version])
        if let settings = Self.good(answers[.power]).map(Self.settings) {
            sleepMinutes = settings["sleep"]
            restartsAfterPowerCut = settings["autorestart"].map { $0 != 0 }
        }
        if let battery = Self.good(answers[.battery]) {
            hasBattery = battery.contains("InternalBattery")
            isOnBattery = battery.contains("'Battery Power'")
        }
        // The setting is absent where nobody is logged in by itself, and its reader then fails.
        logsInByItself = answers[.autoLogin].map { $0.isSuccess && Self.text($0) != nil }
        if let status = Self.good(answers[.fileVault]) { hasFileVault = status.contains("FileVault is On") }
        waitingUpdates = Self.text(answers[.updates]).flatMap { Int($0) }
        updatesByItself = Self.text(answers[.updatesAlone]).map { $0 != "0" }
        isMessagesRunning = answers[.messages].map { $0.isSuccess && Self.text($0) != nil }
        if let status = Self.good(answers[.integrity]) {
            hasIntegrityProtection = status.contains("status: enabled")
        }
        requirement = Self.good(answers[.signature]).flatMap(Self.requirement)
        if let states = Self.good(answers[.accounts]) {
            let words = states.split { $0 == "," || $0.isWhitespace }
            accounts = Accounts(enabled: words.count, connected: words.count { $0 == "connected" })
        }
    }

    /// Whether the program has no certificate: then every build is a stranger to macOS.
    package var isSignedAdHoc: Bool { requirement?.hasPrefix("cdhash") == true }

    private static func good(_ answer: DiagnosisMachine.Answer?) -> String? {
        answer.flatMap { $0.isSuccess ? $0.output : nil }
    }

    private static func text(_ answer: DiagnosisMachine.Answer?) -> String? {
        guard let line = good(answer)?.split(separator: "\n").first else { return nil }
        let text = line.drop { $0.isWhitespace }
        return text.isEmpty ? nil : String(text.prefix { !$0.isWhitespace })
    }

    /// The lines ` sleep  1 (sleep prevented by …)` of `pmset -g`.
    private static func settings(_ output: String) -> [String: Int] {
        var values: [String: Int] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count > 1, let value = Int(words[1]) { values[String(words[0])] = value }
        }
        return values
    }

    /// The part after `designated =>`, which stands behind a `#` when macOS made it up.
    private static func requirement(_ output: String) -> String? {
        for line in output.split(separator: "\n") {
            guard let range = line.firstRange(of: "designated => ") else { continue }
            return String(line[range.upperBound...])
        }
        return nil
    }

    /// Asks the tools of a machine; those that could raise a question are asked only when it is answered already.
    static func read(
        _ machine: DiagnosisMachine, program: String, osascript: String
    ) async -> MacFacts {
        let automation = machine.automation()
        var answers: [MacTool: DiagnosisMachine.Answer] = [:]
        for tool in MacTool.allCases {
            // A script would start Messages, and without the permission ask for it.
            if tool == .accounts, automation != 0 || answers[.messages]?.isSuccess != true { continue }
            let call = tool.call(program: program, osascript: osascript)
            answers[tool] = await machine.run(call.tool, call.arguments)
        }
        return MacFacts(answers, automation: automation)
    }
}
