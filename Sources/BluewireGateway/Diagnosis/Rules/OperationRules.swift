//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What the doctor says of everything around the gateway: service, account, clock, certificate, tokens, models.
package enum OperationRules {
    // MARK: - Gateway

    /// What the running gateway itself lacks; it may be allowed what this command is not, and the other way round.
    package static func readiness(_ snapshot: MachineSnapshot) -> Finding? {
        guard let lacks = snapshot.gatewayLacks else { return nil }
        guard let first = lacks.first else {
            return Finding("readiness", "readiness", .good, "The running gateway lacks nothing.")
        }
        let isGrave = lacks.contains("database") || lacks.contains("sending")
        return Finding(
            "readiness", "readiness", isGrave ? .bad : .note,
            "The running gateway is not ready: \(lacks.joined(separator: ", ")).",
            remedy: first == "database"
                ? "If this command reads the database, the gateway lacks Full Disk Access of its own; then restart it."
                : "`GET /readyz` says more; what is bad here comes first.")
    }

    // MARK: - Service

    /// Whether the gateway comes back by itself.
    package static func service(_ snapshot: MachineSnapshot, isGatewayRunning: Bool) -> Finding? {
        guard let report = snapshot.service else { return nil }
        switch (report.file, report.isRunning) {
        case (.absent, _):
            return Finding(
                "service", "service", .note, "Not installed: the gateway ends with its terminal.",
                remedy: "When all is well here, run `bluewire service install`.")
        case (.foreign, _):
            return Finding(
                "service", "service", .note, "\(report.path) is not Bluewire's own; it is left alone.")
        case (_, true?):
            guard report.file == .current else {
                return Finding(
                    "service", "service", .note, "It runs with settings or a program that have changed since.",
                    remedy: "Run `bluewire service install` again.")
            }
            return Finding("service", "service", .good, "\(report.supervisor.rawValue) keeps the gateway running.")
        case (_, false?):
            let end = report.lastExit.map { "; it ended with \($0)" } ?? ""
            return Finding(
                "service", "service", isGatewayRunning ? .note : .bad, "Installed, but it does not run\(end).",
                remedy: "Settle what fails here, then run `bluewire service install` again.")
        case (_, nil):
            return Finding(
                "service", "service", .note, "Installed; \(report.supervisor.rawValue) could not be asked.",
                remedy: report.remedy)
        }
    }

    // MARK: - Account

    /// Whether somebody writes on the same Apple Account.
    package static func sharedAccount(_ snapshot: MachineSnapshot) -> Finding? {
        guard let authors = snapshot.authors, authors.messages > 0, let ours = authors.ours else { return nil }
        let byHand = max(0, authors.own - ours)
        guard byHand > 0 else {
            return Finding("shared", "Apple Account", .good, "Nobody else wrote on this account lately.")
        }
        return Finding(
            "shared", "Apple Account", .note,
            "Shared with a person: \(byHand) of the newest \(authors.messages) messages were written by hand. What "
                + "agents send appears as yours on all your devices, and your own texts do not start them.",
            remedy: "Fine for yourself. For an assistant with an address of its own, give this Mac's Messages an Apple "
                + "Account of its own.")
    }

    // MARK: - Clock

    /// How far the clock is off, by what the system and the models' servers say.
    package static func clock(_ snapshot: MachineSnapshot, zone: String) -> Finding {
        let text = snapshot.now.rfc3339
        let remedy = "Set the clock: reminders, retries and signatures depend on it."
        guard (2025...2100).contains(Int(text.prefix(4)) ?? 0) else {
            return Finding("clock", "clock", .bad, "It says \(text.prefix(10)).", remedy: remedy)
        }
        // The dates of answers are cut to seconds and as old as the answer took: small differences mean nothing.
        if let offset = snapshot.endpoints.compactMap(\.clockOffset).min(by: { abs($0) < abs($1) }), abs(offset) > 30 {
            let seconds = Doctor.counted(abs(offset), "second")
            return Finding(
                "clock", "clock", abs(offset) > 240 ? .bad : .note,
                "It is \(seconds) \(offset > 0 ? "ahead of" : "behind") a model's server.",
                remedy: "Let it follow time servers; receivers of webhooks refuse what is five minutes off.")
        }
        let time = "\(text.prefix(16).replacing("T", with: " ")) UTC, zone \(zone)"
        if snapshot.isClockFollowing == false {
            return Finding(
                "clock", "clock", .note, "\(time). It follows no time server.",
                remedy: "Run: sudo timedatectl set-ntp true")
        }
        return Finding("clock", "clock", .good, "\(time).")
    }

    // MARK: - Certificate

    /// Whether the listener's certificate is valid, and for how long.
    package static func certificate(_ snapshot: MachineSnapshot) -> Finding? {
        guard let facts = snapshot.certificate else { return nil }
        let title = "certificate"
        let remedy =
            "Renew it, for example with `bluewire tls init --force`; clients that pin the key need the new pin."
        guard let validity = facts.validity else {
            return Finding(
                "certificate", title, .bad, "\(facts.path) holds no certificate that can be read.",
                remedy: "Check the path and who may read it, or make a pair with `bluewire tls init`.")
        }
        if facts.isKeyOpen {
            return Finding(
                "certificate", title, .bad, "Everybody on this machine may read the key; the gateway refuses it.",
                remedy: "Run: chmod 600 \(facts.keyPath)")
        }
        let day = validity.notAfter.rfc3339.prefix(10)
        if snapshot.now > validity.notAfter {
            return Finding("certificate", title, .bad, "It ended on \(day); clients refuse it.", remedy: remedy)
        }
        if snapshot.now < validity.notBefore {
            return Finding(
                "certificate", title, .bad, "It is valid from \(validity.notBefore.rfc3339.prefix(10)) on.",
                remedy: "Check the clock of this machine.")
        }
        let days = (validity.notAfter - snapshot.now).components.seconds / 86_400
        if days < 21 {
            return Finding(
                "certificate", title, .note, "It ends on \(day), in \(Doctor.counted(Int(days), "day")).",
                remedy: remedy)
        }
        return Finding("certificate", title, .good, "Valid until \(day).")
    }

    // MARK: - Tokens

    /// How old the tokens are, and which end soon.
    package static func tokens(_ snapshot: MachineSnapshot) -> Finding? {
        guard let tokens = snapshot.tokens else { return nil }
        guard !tokens.isEmpty else { return Finding("tokens", "tokens", .good, "None; only the local socket is open.") }
        let now = snapshot.now
        let ending = tokens.count { token in token.expiresAt.map { $0 - now < .seconds(7 * 86_400) } ?? false }
        let idle = tokens.count { now - ($0.lastUsedAt ?? $0.createdAt) > .seconds(90 * 86_400) }
        let oldest = tokens.map(\.createdAt).min() ?? now
        let age = Doctor.counted(Int((now - oldest).components.seconds / 86_400), "day")
        let text = "\(Doctor.counted(tokens.count, "token")), the oldest \(age) old."
        if ending > 0 {
            return Finding(
                "tokens", "tokens", .note, "\(text) \(ending) of them ends within a week.",
                remedy: "Make new ones with `bluewire token create` before their programs stop.")
        }
        if idle > 0 {
            return Finding(
                "tokens", "tokens", .note, "\(text) \(idle) of them was not used for 90 days.",
                remedy: "End what nobody needs: `bluewire token list`, `bluewire token revoke`.")
        }
        return Finding("tokens", "tokens", .good, text)
    }

    // MARK: - Models

    /// Whether the models of the agents answer.
    package static func endpoints(_ snapshot: MachineSnapshot) -> [Finding] {
        snapshot.endpoints.map { seen in
            let name = seen.endpoint.agent
            let host = seen.endpoint.host
            switch seen.outcome {
            case .answered(let status, _):
                switch status {
                case 401, 403:
                    return Finding(
                        "endpoint", "model", .bad, "\(host) refuses the key of \(name) (HTTP \(status)).",
                        remedy: "Check the key in the variable that keyVariable names.")
                case 429:
                    return Finding(
                        "endpoint", "model", .note, "\(host) takes no more requests of \(name) now (HTTP 429).",
                        remedy: "Wait, or look at the account's limits.")
                case 500...:
                    return Finding(
                        "endpoint", "model", .bad, "\(host) has trouble of its own (HTTP \(status)); \(name) waits.",
                        remedy: "Look at it, or ask again later.")
                default:
                    return Finding("endpoint", "model", .good, "\(host) answers for \(name).")
                }
            case .unreachable(let message, let remedy):
                return Finding(
                    "endpoint", "model", .bad, "\(host), the model of \(name), cannot be reached. \(message)",
                    remedy: remedy.isEmpty ? "Check baseURL, and that the model's server runs." : remedy)
            }
        }
    }
}
