//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What the doctor says of a Mac: whether Messages is signed in there, and whether it stays awake and comes back.
package enum MacRules {
    /// Everything, in the order to read it.
    package static func findings(_ snapshot: MachineSnapshot) -> [Finding] {
        guard let mac = snapshot.mac else { return [] }
        let found: [Finding?] = [
            account(mac, ownAddresses: snapshot.ownAddresses), PermissionRules.automation(snapshot),
            PermissionRules.signature(snapshot), sleep(mac), power(mac), login(mac), updates(mac), helper(mac),
        ]
        return found.compactMap(\.self)
    }

    // MARK: - Messages

    private static func account(_ mac: MacFacts, ownAddresses: Int?) -> Finding {
        let title = "signed in"
        let remedy = "In Messages, Settings, iMessage: sign in, and switch the account on."
        switch mac.accounts {
        case let accounts? where accounts.enabled == 0:
            return Finding("account", title, .bad, "No iMessage account is switched on.", remedy: remedy)
        case let accounts? where accounts.connected == 0:
            return Finding(
                "account", title, .bad, "The iMessage account is not connected.",
                remedy: "Check the network; if that is good, sign out and in again in Messages, Settings, iMessage.")
        case let accounts?:
            return Finding("account", title, .good, "\(Doctor.counted(accounts.connected, "account")) connected.")
        case nil where mac.isMessagesRunning == false:
            return Finding(
                "account", title, .note, "Messages does not run, so it cannot be told.",
                remedy: "Open Messages, and let it open at login.")
        case nil where ownAddresses == 0:
            return Finding(
                "account", title, .note, "The database knows no own address: Messages may not be signed in.",
                remedy: remedy)
        case nil:
            let known = ownAddresses.map { "; the database knows \(Doctor.counted($0, "own address", "es"))" } ?? ""
            let reason = mac.automation == 0 ? "Messages did not say" : "It cannot be told without Automation"
            return Finding("account", title, .note, "\(reason)\(known).")
        }
    }

    private static func helper(_ mac: MacFacts) -> Finding {
        let protection =
            mac.hasIntegrityProtection == false
            ? " System Integrity Protection is off, which only a helper would need." : ""
        return Finding(
            "helper", "helper", .note,
            "None: this version sends text and files. Tapbacks, edits and typing would need a helper.\(protection)",
            remedy: protection.isEmpty ? nil : "Unless something else needs it: in Recovery run csrutil enable.")
    }

    // MARK: - Staying there

    private static func sleep(_ mac: MacFacts) -> Finding? {
        guard let minutes = mac.sleepMinutes else { return nil }
        guard minutes > 0 else { return Finding("sleep", "sleep", .good, "It does not fall asleep by itself.") }
        return Finding(
            "sleep", "sleep", .note,
            "It falls asleep after \(Doctor.counted(minutes, "idle minute")); asleep it neither hears nor answers.",
            remedy: "Run: sudo pmset -a sleep 0")
    }

    private static func power(_ mac: MacFacts) -> Finding? {
        if mac.isOnBattery {
            return Finding(
                "power", "power", .note, "It runs on battery, and sleeps when that is empty or the lid is closed.",
                remedy: "Connect the power adapter.")
        }
        guard let restarts = mac.restartsAfterPowerCut else { return nil }
        // A battery carries a portable over a power cut.
        guard !restarts, !mac.hasBattery else {
            return Finding(
                "power", "power", .good,
                restarts ? "It starts again after a power cut." : "Its battery carries it over a power cut.")
        }
        return Finding(
            "power", "power", .note, "It stays off after a power cut.", remedy: "Run: sudo pmset -a autorestart 1")
    }

    private static func login(_ mac: MacFacts) -> Finding? {
        guard let logsIn = mac.logsInByItself else { return nil }
        if logsIn { return Finding("login", "login", .good, "Somebody is logged in by itself after a start.") }
        let detail = "After a restart nothing runs until somebody logs in at its screen."
        guard mac.hasFileVault == true else {
            return Finding(
                "login", "login", .note, detail,
                remedy: "For a Mac that stands alone: System Settings, Users & Groups, Automatically log in as.")
        }
        return Finding(
            "login", "login", .note, detail + " FileVault leaves no other way.",
            remedy: "Before a planned restart: sudo fdesetup authrestart. It starts up to the login of its owner.")
    }

    private static func updates(_ mac: MacFacts) -> Finding? {
        guard let waiting = mac.waitingUpdates else { return nil }
        let version = mac.version.map { "macOS \($0)" } ?? "macOS"
        guard waiting > 0 else { return Finding("updates", "updates", .good, "\(version); none waits.") }
        guard mac.updatesByItself == true else {
            return Finding(
                "updates", "updates", .note, "\(version); \(Doctor.counted(waiting, "update")) waiting.",
                remedy: "Install it when you can be at the Mac, then run `bluewire doctor` again.")
        }
        return Finding(
            "updates", "updates", .note,
            "\(version); \(Doctor.counted(waiting, "update")) waiting, and macOS restarts for it by itself.",
            remedy:
                "Install it now while you are at the Mac, or switch automatic updates off in System Settings, General.")
    }
}
