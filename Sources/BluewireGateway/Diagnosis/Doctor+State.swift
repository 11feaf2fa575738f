//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireMessagesApp
import BluewireState
import BluewireStore
// Full Foundation: rights and owners of files.
import Foundation

extension Doctor {
    // MARK: - State

    /// Whether a gateway holds the state directory.
    var isGatewayRunning: Bool { StateDirectory.lockHolder(at: configuration.stateDirectory) != nil }

    var stateFindings: [Finding] {
        let path = configuration.stateDirectory
        let title = "state"
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else {
            return [Finding("state", title, .note, "\(path) is not there yet; the first start makes it.")]
        }
        guard let attributes = try? manager.attributesOfItem(atPath: path), FileStatus(path: path)?.isFolder == true
        else {
            return [
                Finding(
                    "state", title, .bad, "\(path) is not a folder.",
                    remedy: "Move it away, or choose another with --state."
                )
            ]
        }
        let owner = (attributes[.ownerAccountID] as? NSNumber)?.uint32Value
        guard owner == nil || owner == geteuid(), access(path, W_OK | X_OK) == 0 else {
            return [
                Finding(
                    "state", title, .bad, "\(path) cannot be written by this user.",
                    remedy: "Run as its owner, fix its permissions, or choose another with --state."
                )
            ]
        }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o700
        let state =
            mode & 0o077 == 0
            ? Finding("state", title, .good, "\(path) is private and can be written.")
            : Finding(
                "state", title, .note, "\(path) can be seen by other users.",
                remedy: "The next start makes it private; or run chmod 700 on it now."
            )
        return [state, gatewayFinding]
    }

    private var gatewayFinding: Finding {
        guard let holder = StateDirectory.lockHolder(at: configuration.stateDirectory) else {
            return Finding("gateway", "gateway", .note, "None runs on this state directory.")
        }
        return Finding("gateway", "gateway", .good, holder > 0 ? "It runs as process \(holder)." : "It runs.")
    }

    // MARK: - Database

    func databaseFindings(_ snapshot: MachineSnapshot) async -> [Finding] {
        let store: MessageStore
        do throws(StoreError) {
            store = try StoreFactory.store(configuration)
        } catch {
            return [refusal(error, snapshot)]
        }
        do {
            let checkup = try await store.checkup(newest: 200)
            return [
                contentFinding(checkup, isDegraded: store.isDegraded), try schemaFinding(store.schema),
                contactsFinding(checkup, store: store),
            ]
        } catch let error as StoreError {
            return [refusal(error, snapshot)]
        } catch {
            return [Finding("database", "database", .bad, "It opened, but reading it failed: \(error)")]
        }
    }

    /// Why the database could not be read.
    ///
    /// On a Mac the permission is told apart more finely than SQLite does.
    private func refusal(_ error: StoreError, _ snapshot: MachineSnapshot) -> Finding {
        guard machine.isMac, error.code == .denied else {
            return Finding("database", "database", .bad, error.message, remedy: error.remedy)
        }
        return PermissionRules.diskAccess(
            isFolderReadable: access(StoreFactory.place(configuration).folder, R_OK | X_OK) == 0,
            isFileThere: FileStatus(path: configuration.database) != nil, in: snapshot)
    }

    private func contentFinding(_ checkup: DatabaseCheckup, isDegraded: Bool) -> Finding {
        let counts = "\(Self.counted(checkup.messages, "message")) in \(Self.counted(checkup.conversations, "chat"))."
        if isDegraded {
            return Finding(
                "database", "database", .note, "\(counts) It was opened without its log; what is read may be old.",
                remedy: "Make its folder writable, or copy chat.db together with chat.db-wal and chat.db-shm."
            )
        }
        guard checkup.messages > 0 else {
            var probe = PermissionDiagnosis.StoreProbe()
            probe.hasMessages = false
            return Finding(
                "database", "database", .note, "It is readable and empty.",
                remedy: PermissionDiagnosis(store: probe).remedy
            )
        }
        if checkup.bodies.readable < checkup.bodies.present {
            let damaged = checkup.bodies.present - checkup.bodies.readable
            return Finding(
                "database", "database", .note,
                "\(counts) \(damaged) of the newest \(checkup.bodies.present) bodies are damaged; their text is salvaged."
            )
        }
        return Finding("database", "database", .good, counts)
    }

    private func schemaFinding(_ schema: SchemaReport) -> Finding {
        guard schema.warnings.isEmpty else {
            return Finding(
                "schema", "schema", .note, "As of \(schema.generation). \(schema.warnings.joined(separator: " "))",
                remedy: "Reading goes on without them; `bluewire inspect database` makes a report worth sending."
            )
        }
        return Finding("schema", "schema", .good, "As of \(schema.generation).")
    }

    private func contactsFinding(_ checkup: DatabaseCheckup, store: MessageStore) -> Finding {
        guard store.place.addressBook != nil else {
            return Finding(
                "contacts", "contacts", .note, "There is no address book; addresses are shown without names.")
        }
        guard checkup.namedHandles > 0 else {
            return Finding(
                "contacts", "contacts", .note,
                "The address book names none of \(Self.counted(checkup.handles, "address", "es")).",
                remedy: machine.isMac
                    ? "Full Disk Access also opens the address book; check it if names are expected." : nil
            )
        }
        return Finding(
            "contacts", "contacts", .good,
            "The address book names \(checkup.namedHandles) of \(Self.counted(checkup.handles, "address", "es"))."
        )
    }

    // MARK: - Agents

    var agentFindings: [Finding] {
        guard !configuration.agents.isEmpty else {
            return [Finding("agents", "agents", .note, "None is configured; nobody is answered.")]
        }
        return configuration.agents.map(finding)
    }

    private func finding(_ entry: GatewayConfiguration.AgentEntry) -> Finding {
        let name = "agent"
        let agent = entry.agent
        if let variable = entry.keyVariable, machine.environment[variable]?.isEmpty != false {
            return Finding(
                "agents", name, .bad, "\(agent.name) wants its key in \(variable), which is not set.",
                remedy: "Export \(variable) before starting, or remove keyVariable."
            )
        }
        if agent.provider != "concierge", entry.baseURL == nil || entry.model == nil {
            return Finding(
                "agents", name, .bad, "\(agent.name) has a provider, but no baseURL or no model.",
                remedy: "Set both, or use provider: concierge."
            )
        }
        if agent.allow.isEmpty {
            return Finding(
                "agents", name, .note, "\(agent.name) answers nobody: its allow-list is empty.",
                remedy: "Add addresses to allow in the configuration file."
            )
        }
        let people = agent.allow.contains("*") ? "everybody" : Self.counted(agent.allow.count, "address", "es")
        if agent.shadow, !configuration.agentsSend {
            return Finding(
                "agents", name, .note, "\(agent.name) answers \(people) with drafts for approval (shadow mode).",
                remedy: "When its drafts are right, set agents-send: true."
            )
        }
        return Finding("agents", name, .good, "\(agent.name) answers \(people).")
    }

    var modelFinding: Finding {
        get async {
            let origins = await machine.modelOrigins()
            guard !origins.isEmpty else {
                return Finding("model", "model", .note, "No OPENAI_API_KEY and no Ollama; the concierge needs neither.")
            }
            return Finding("model", "model", .good, "Found: \(origins.joined(separator: ", ")).")
        }
    }

    static func counted(_ count: Int, _ noun: String, _ plural: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : plural)"
    }
}
