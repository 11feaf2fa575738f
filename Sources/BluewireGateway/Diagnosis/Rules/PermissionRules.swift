//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireMessagesApp

/// What the doctor says of permissions: missing, denied and stale are told apart.
package enum PermissionRules {
    /// Full Disk Access that is not there.
    package static func diskAccess(
        isFolderReadable: Bool, isFileThere: Bool, in snapshot: MachineSnapshot
    ) -> Finding {
        var probe = PermissionDiagnosis.StoreProbe()
        probe.isFolderReadable = isFolderReadable
        probe.isFileThere = isFileThere
        // EPERM: what macOS answers without the permission.
        probe.openError = 1
        probe.wasReadable = snapshot.earlier.couldRead
        let diagnosis = PermissionDiagnosis(store: probe)
        if let lacks = snapshot.gatewayLacks, !lacks.contains("database") {
            return Finding(
                "database", "database", .note,
                "The running gateway reads it; this command may not. \(snapshot.holder.sentence)",
                remedy: "Commands ask the gateway while it runs. Without it: \(diagnosis.remedy)")
        }
        let detail =
            switch diagnosis.state {
            case .missing: "Full Disk Access was never given. \(snapshot.holder.sentence)"
            case .denied: "Full Disk Access is switched off. \(snapshot.holder.sentence)"
            case .stale: "Full Disk Access was given once and has no effect now\(reason(snapshot))."
            default: "The Messages database cannot be read."
            }
        return Finding("database", "database", .bad, detail, remedy: diagnosis.remedy)
    }

    /// Whether Messages may be controlled.
    package static func automation(_ snapshot: MachineSnapshot) -> Finding? {
        guard let number = snapshot.mac?.automation else { return nil }
        let title = "automation"
        var probe = PermissionDiagnosis.AutomationProbe()
        probe.errorNumber = number == 0 ? nil : number
        probe.wasAllowed = snapshot.earlier.couldControl
        let diagnosis = PermissionDiagnosis(automation: probe)
        switch diagnosis.state {
        case .granted: return Finding("automation", title, .good, "Messages may be controlled.")
        case .notRunning:
            return Finding(
                "automation", title, .note, "Messages does not run, so it cannot be told whether it may be controlled.",
                remedy: "Open Messages and look again.")
        case .missing where snapshot.earlier.couldControl:
            return Finding(
                "automation", title, .bad,
                "Messages could be controlled once; macOS has forgotten it\(reason(snapshot)).",
                remedy: "Run `bluewire setup` at the Mac's screen and answer the question with OK.")
        case .missing:
            return Finding(
                "automation", title, .note, "It was never asked for. \(snapshot.holder.sentence)",
                remedy: "Run `bluewire setup` at the Mac's screen and answer the question with OK.")
        case .stale:
            return Finding(
                "automation", title, .bad, "Messages could be controlled once and is refused now\(reason(snapshot)).",
                remedy: diagnosis.remedy)
        default:
            return Finding(
                "automation", title, .bad, "Controlling Messages was refused. \(snapshot.holder.sentence)",
                remedy: snapshot.holder == .ssh
                    ? "Run this in a terminal at the Mac's screen: for logins over ssh there may be no switch."
                    : diagnosis.remedy)
        }
    }

    /// Whether permissions survive the next build.
    package static func signature(_ snapshot: MachineSnapshot) -> Finding? {
        guard let requirement = snapshot.mac?.requirement, let mac = snapshot.mac else { return nil }
        if let earlier = snapshot.earlier.requirement, earlier != requirement {
            return Finding(
                "signature", "signature", .note, "This is not the build that got the permissions at set-up.",
                remedy: "If something is refused, switch the entries off and on again in System Settings, Privacy & "
                    + "Security; then run `bluewire setup`.")
        }
        guard !mac.isSignedAdHoc else {
            return Finding(
                "signature", "signature", .note,
                "Signed without a certificate: macOS takes the next build for another program, and its permissions end.",
                remedy: "Sign with a certificate of your own: make one for code signing in Keychain Access, then "
                    + "codesign -f -s NAME -i org.bluewire.Bluewire PROGRAM.")
        }
        return Finding("signature", "signature", .good, "Signed with a certificate; permissions survive an upgrade.")
    }

    /// The likely reason of a lost permission.
    private static func reason(_ snapshot: MachineSnapshot) -> String {
        // A terminal's permissions do not depend on what is started in it.
        guard snapshot.holder == .other, let now = snapshot.mac?.requirement,
            let earlier = snapshot.earlier.requirement, now != earlier
        else {
            return ""
        }
        return ": the entry belongs to another build"
    }
}
