//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import Synchronization
import Testing

@testable import BluewireStore

@Suite final class RenderedPageTests: Sendable {
    private let database: LiveDatabase
    private let store: MessageStore
    private let renderings = Mutex(0)

    init() throws {
        database = try LiveDatabase()
        store = try MessageStore(place: DatabasePlace(path: database.path), line: LineID(rawValue: "test"))
    }

    private func page(_ reference: String = "+15550001", isVisible: Bool = true) async throws -> String? {
        let found = try await store.renderedPage(matching: reference, MessageQuery(limit: 5)) { _ in
            isVisible
        } render: { [self] page in
            renderings.withLock { $0 += 1 }
            return Array(page.elements.map(\.id.rawValue).joined(separator: " ").utf8)
        }
        guard case .page(let bytes) = found else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aPageIsNeverOlderThanTheDatabase() async throws {
        let writer = try database.open()
        var expected: [String] = []
        for round in 0..<4 {
            try writer.edit { db in try db.say("R\(round)", at: Timestamp(seconds: 1_768_478_400 + Int64(round))) }
            expected.insert("R\(round)", at: 0)
            for _ in 0..<6 { #expect(try await page() == expected.joined(separator: " ")) }
        }
        // At least once for each state; a reader of its own may have rendered it, too.
        #expect((4...12).contains(renderings.withLock { $0 }))
    }

    @Test func whatTheCallerMayNotSeeIsNotThere() async throws {
        #expect(try await page() == "")
        #expect(try await page(isVisible: false) == nil)
        #expect(try await page("+19999999") == nil)
    }
}
