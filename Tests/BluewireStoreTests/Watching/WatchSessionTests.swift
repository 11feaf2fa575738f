//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTransport
import Foundation
import GRDB
import Testing

@testable import BluewireStore

@Suite struct WatchSessionTests {
    let database: LiveDatabase
    let driver: SessionDriver
    let writer: DatabaseQueue

    init() throws {
        database = try LiveDatabase()
        writer = try database.open()
        driver = SessionDriver(database)
    }

    /// Takes the baseline with one old message in place.
    private func begin() throws {
        try writer.edit { db in try db.say("OLD", at: driver.now - .seconds(3600)) }
        #expect(try driver.look().isEmpty)
    }

    @Test func theFirstStartReportsNothingOfHistory() throws {
        try begin()
        #expect(try driver.settle().isEmpty)
        #expect(driver.state != nil)
    }

    @Test func newRowsAreReportedOnceInOrder() throws {
        try begin()
        try writer.write { db in
            for index in 1...5 { try db.say("G\(index)", "text \(index)", at: driver.now) }
        }
        let found = try driver.look()
        #expect(found.created == ["G1", "G2", "G3", "G4", "G5"])
        #expect(found.arrivals.values.allSatisfy { $0 == .new })
        #expect(try driver.settle().created.isEmpty)
    }

    @Test func aRowWithoutAChatFollowsItsJoinAtOnce() throws {
        try begin()
        let row = try writer.write { db in try db.say("LATE", chat: nil, at: driver.now) }
        #expect(try driver.look().created.isEmpty)
        #expect(try driver.look(after: .milliseconds(40)).created.isEmpty)
        try writer.write { db in try db.join(row, chat: 1) }
        #expect(try driver.look().created == ["LATE"])
    }
}
