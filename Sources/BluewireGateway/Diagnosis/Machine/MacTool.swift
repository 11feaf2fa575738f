//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The tools of a Mac that say how it is set up; none of them asks anybody anything or changes anything.
package enum MacTool: String, Hashable, Sendable, CaseIterable {
    /// The version of macOS.
    case version
    /// When it sleeps, and whether it starts again after a power cut.
    case power
    /// Whether it runs on battery.
    case battery
    /// Who is logged in after a start.
    case autoLogin
    /// Whether a start needs somebody's password.
    case fileVault
    /// How many updates wait.
    case updates
    /// Whether updates install themselves.
    case updatesAlone
    /// Whether Messages runs.
    case messages
    /// Whether System Integrity Protection is on.
    case integrity
    /// What identifies this program to macOS.
    case signature
    /// The accounts of Messages; asked only when Messages runs and may already be controlled.
    case accounts

    /// The call that asks.
    ///
    /// - Parameters:
    ///   - program: the program whose signature counts.
    ///   - osascript: the script runner.
    package func call(program: String, osascript: String) -> (tool: String, arguments: [String]) {
        switch self {
        case .version: ("/usr/bin/sw_vers", ["-productVersion"])
        case .power: ("/usr/bin/pmset", ["-g"])
        case .battery: ("/usr/bin/pmset", ["-g", "batt"])
        case .autoLogin: ("/usr/bin/defaults", ["read", "/Library/Preferences/com.apple.loginwindow", "autoLoginUser"])
        case .fileVault: ("/usr/bin/fdesetup", ["status"])
        case .updates: ("/usr/bin/defaults", ["read", Self.updateSettings, "LastRecommendedUpdatesAvailable"])
        case .updatesAlone: ("/usr/bin/defaults", ["read", Self.updateSettings, "AutomaticallyInstallMacOSUpdates"])
        case .messages: ("/usr/bin/pgrep", ["-x", "Messages"])
        case .integrity: ("/usr/bin/csrutil", ["status"])
        case .signature: ("/usr/bin/codesign", ["-d", "-r-", program])
        case .accounts: (osascript, ["-e", Self.accountScript])
        }
    }

    private static let updateSettings = "/Library/Preferences/com.apple.SoftwareUpdate"

    /// Answers with one word for each account that is switched on, for example `connected`.
    private static let accountScript = """
        tell application "Messages" to get connection status of \
        (every account whose service type is iMessage and enabled is true)
        """
}
