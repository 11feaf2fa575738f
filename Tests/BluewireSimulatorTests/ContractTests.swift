//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import BluewireTransport
import GRDB
import Testing

@testable import BluewireSimulator

@Suite
struct ContractTests {
    @Test
    func theTransportKeepsItsPromises() async throws {
        try await withSimulator(withHistory: false) { client, home in
            let receipt = try await client.say("Hello", from: Cast.ana.address)
            let target = Target.chat(
                guid: ChatGUID(rawValue: receipt.chat), isGroup: false, channel: .iMessage,
                addresses: [Cast.ana.address]
            )
            let subject = TransportUnderTest(name: "simulator", target: target) { fault in
                var change = FaultChange()
                change.failBefore = fault == .beforeHandOver
                change.failAfterAccept = fault == .afterHandOver
                change.denied = fault == .denied
                try await client.set(change)
                let start = try await client.labels().last?.row ?? 0
                return TransportUnderTest.Instance(transport: SimulatorTransport(client: client)) {
                    try Self.sentTexts(after: start, home)
                }
            }
            try await TransportContract.checkAll(subject)
        }
    }

    private static func sentTexts(after row: Int64, _ home: SimulatorHome) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: home.databasePath, configuration: configuration).read { db in
            try String.fetchAll(
                db, sql: "SELECT text FROM message WHERE is_from_me = 1 AND ROWID > ? ORDER BY ROWID", arguments: [row]
            )
        }
    }
}
