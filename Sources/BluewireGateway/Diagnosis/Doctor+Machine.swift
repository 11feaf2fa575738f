//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import BluewireStore
import BluewireWire
// Full Foundation: looking for files.
import Foundation

extension Doctor {
    /// What is to be seen of the machine now.
    ///
    /// - Parameter isOffline: whether nothing beyond this machine is asked.
    package func snapshot(isOffline: Bool = false) async -> MachineSnapshot {
        var snapshot = MachineSnapshot(now: machine.now)
        snapshot.holder = MachineSnapshot.PermissionHolder(environment: machine.environment)
        snapshot.service = await machine.service(configuration, file)
        let isInstalled = snapshot.service.map { $0.file != .absent } ?? false
        snapshot.earlier = EarlierGrants(
            stateDirectory: configuration.stateDirectory, holder: snapshot.holder, isServiceInstalled: isInstalled)
        if machine.isMac {
            snapshot.mac = await MacFacts.read(
                machine, program: Executable.path, osascript: configuration.osascript)
        } else if let answer = await machine.run(
            "/usr/bin/timedatectl", ["show", "--property=NTPSynchronized", "--value"]),
            answer.isSuccess
        {
            snapshot.isClockFollowing = answer.output.hasPrefix("yes")
        }
        snapshot.certificate = configuration.tls.map { CertificateFacts($0) }
        // Its socket is only looked for when its lock is held: opening the directory would change a strange one.
        let client = isGatewayRunning ? await RunningGateway.client(configuration) : nil
        if let client {
            snapshot.tokens = (try? await client.tokens())?.data.compactMap(Self.token)
            snapshot.gatewayLacks = try? await client.lacks()
        }
        if !isOffline { snapshot.endpoints = await askEndpoints() }
        return snapshot
    }

    // MARK: - Accounts

    /// Looks at whose account it is, in the newest messages.
    func lookAtAccount(in snapshot: inout MachineSnapshot) async {
        if let mac = snapshot.mac, mac.accounts == nil {
            snapshot.ownAddresses = try? await StoreFactory.store(configuration).checkup(newest: 1).ownAddresses
        }
        // A simulated account is nobody's.
        guard configuration.transports.contains(.applescript),
            let reader = try? await ChatReader.open(configuration, direct: true),
            let chats = try? await reader.chats(limit: 10, query: nil).data
        else { return }
        var authors = MachineSnapshot.Authors(messages: 0, own: 0, ours: nil)
        for chat in chats {
            let messages = (try? await reader.messages(in: chat.id, limit: 20, before: nil))?.data ?? []
            authors.messages += messages.count
            authors.own += messages.count(where: \.isFromMe)
        }
        let client = snapshot.gatewayLacks == nil ? nil : await RunningGateway.client(configuration)
        if let sends = try? await client?.sends(state: nil, limit: 200).data {
            authors.ours = sends.count { $0.message != nil }
        } else if !FileManager.default.fileExists(atPath: configuration.stateDirectory + "/state.db") {
            // Nothing was ever sent from here.
            authors.ours = 0
        }
        snapshot.authors = authors
    }

    private static func token(_ token: NativeToken) -> MachineSnapshot.TokenFacts? {
        guard token.revokedAt == nil else { return nil }
        return MachineSnapshot.TokenFacts(
            createdAt: token.createdAt.timestamp, lastUsedAt: token.lastUsedAt?.timestamp,
            expiresAt: token.expiresAt?.timestamp,
            isUnlimited: token.chats == nil && token.scopes.contains("manage"))
    }

    // MARK: - Models

    private func askEndpoints() async -> [ModelEndpoint.Seen] {
        var asked: [ModelEndpoint.Seen] = []
        for entry in configuration.agents where entry.agent.provider != "concierge" {
            guard let base = entry.baseURL else { continue }
            let endpoint = ModelEndpoint(
                agent: entry.agent.name, baseURL: base,
                key: entry.keyVariable.flatMap { machine.environment[$0] }, egress: configuration.modelEgress)
            let outcome = await machine.ask(endpoint)
            asked.append(ModelEndpoint.Seen(endpoint, outcome, now: SystemTime.now.seconds))
        }
        return asked
    }
}
