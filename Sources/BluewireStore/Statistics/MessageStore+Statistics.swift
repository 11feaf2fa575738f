//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension MessageStore {
    /// Counts everything in the database, in slices with flat memory; blocks the calling thread for seconds.
    ///
    /// - Parameter includesIdentifiers: whether counts by chat and address are included.
    /// - Throws: ``StoreError`` when the database cannot be read or is replaced meanwhile.
    public func statistics(includesIdentifiers: Bool = false) throws -> DatabaseStatistics {
        let database = try database()
        var builder = StatisticsBuilder(schema: database.schema)
        try database.readNow { db in try builder.countTables(db, includesIdentifiers: includesIdentifiers) }
        while try database.readNow({ db in try builder.countSlice(db) }) {}
        return builder.finished()
    }
}
