//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Apple's Messages schema of one generation as SQL statements, in the order they run.
package struct SchemaDefinition: Sendable {
    /// The generation described.
    package let generation: Generation

    /// The schema of `generation`.
    package init(_ generation: Generation) {
        self.generation = generation
    }

    /// Tables, then indexes, then triggers, then the rows Apple's schema expects.
    package var statements: [String] {
        tables.map(\.statement) + indexes.map(\.statement) + triggers.map(\.statement) + initialRows
    }

    /// The rows that must exist before the first message: without it the index counters of macOS 26 stay empty.
    private var initialRows: [String] {
        let version = "INSERT INTO _SqliteDatabaseProperties (key, value) VALUES ('_ClientVersion', '\(clientVersion)')"
        return generation >= .tahoe ? ["INSERT INTO index_state_metrics (id) VALUES (1)", version] : [version]
    }

    /// A plausible schema number; Apple counts upwards and documents none.
    private var clientVersion: Int {
        switch generation {
        case .ventura: 15_005
        case .sequoia: 17_010
        case .tahoe: 19_008
        }
    }

    /// One of three values, by generation.
    func select<Value>(ventura: Value, sequoia: Value, tahoe: Value) -> Value {
        switch generation {
        case .ventura: ventura
        case .sequoia: sequoia
        case .tahoe: tahoe
        }
    }
}

/// A table: its columns and constraints as SQL.
struct TableDefinition: Sendable {
    let name: String
    var columns: [String]
    var constraints: [String] = []

    var statement: String { "CREATE TABLE \(name) (\((columns + constraints).joined(separator: ", ")))" }
}

/// An index: its table, columns and condition.
struct IndexDefinition: Sendable {
    let name: String
    let table: String
    let columns: String
    var condition: String?

    init(_ table: String, _ name: String, _ columns: String, where condition: String? = nil) {
        self.table = table
        self.name = name
        self.columns = columns
        self.condition = condition
    }

    var statement: String {
        "CREATE INDEX \(name) ON \(table) (\(columns))" + (condition.map { " WHERE \($0)" } ?? "")
    }
}

/// A trigger: when it fires and what it does.
struct TriggerDefinition: Sendable {
    let name: String
    let event: String
    let body: [String]

    init(_ name: String, _ event: String, _ body: String...) {
        self.name = name
        self.event = event
        self.body = body
    }

    var statement: String { "CREATE TRIGGER \(name) \(event) BEGIN \(body.joined(separator: "; ")); END" }
}
