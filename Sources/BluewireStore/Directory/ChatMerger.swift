//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Finds which chats are one conversation: a deterministic union-find over what the database says about them.
///
/// Merged are chats that macOS 26 lists under one lookup identifier, direct chats with one person, groups of exactly
/// the same persons, and chats with one group id. Groups of the same persons with different names stay apart, and a
/// direct chat never merges with a group: a message must not reach more people than its sender saw.
struct ChatMerger {
    private let handles: [Int64: ChatDirectory.HandleRow]
    private let chats: [Int64: ChatDirectory.ChatRow]
    private let lookups: [[Int64]]

    init(
        handles: [Int64: ChatDirectory.HandleRow], chats: [Int64: ChatDirectory.ChatRow], lookups: [[Int64]]
    ) {
        self.handles = handles
        self.chats = chats
        self.lookups = lookups
    }

    /// The rows of each conversation, ascending, ordered by their first row.
    func conversations() -> [[Int64]] {
        let rows = chats.keys.sorted()
        var forest = Forest(rows)
        for group in lookups {
            let known = group.filter { chats[$0] != nil }.sorted()
            for row in known.dropFirst() where chats[row]?.isGroup == chats[known[0]]?.isGroup {
                forest.join(known[0], row)
            }
        }
        let persons = personKeys()
        for bucket in buckets(rows, by: { groupKey($0) }) { forest.joinAll(bucket) }
        for bucket in buckets(rows, by: { personsKey($0, persons: persons) }) { joinByPersons(bucket, in: &forest) }
        var result: [Int64: [Int64]] = [:]
        for row in rows { result[forest.root(row), default: []].append(row) }
        return result.values.sorted { $0[0] < $1[0] }
    }

    private func joinByPersons(_ bucket: [Int64], in forest: inout Forest) {
        let names = Set(bucket.compactMap { name(of: $0) })
        guard names.count > 1 else { return forest.joinAll(bucket) }
        for part in buckets(bucket, by: { name(of: $0) }) { forest.joinAll(part) }
    }

    private func name(of row: Int64) -> String? {
        guard let name = chats[row]?.displayName, !name.isEmpty else { return nil }
        return name
    }

    private func groupKey(_ row: Int64) -> String? {
        guard let chat = chats[row], let id = chat.groupID, !id.isEmpty else { return nil }
        return (chat.isGroup ? "+" : "-") + id
    }

    /// The persons of a chat as one key; nil when they are not known.
    private func personsKey(_ row: Int64, persons: [Int64: String]) -> String? {
        guard let chat = chats[row] else { return nil }
        let members = Set(chat.handles.compactMap { persons[$0] })
        if chat.isGroup {
            // One or no known participant proves nothing about a group.
            guard members.count > 1, chat.handles.allSatisfy({ persons[$0] != nil }) else { return nil }
            return "+" + members.sorted().joined(separator: "\n")
        }
        if members.count > 1 { return nil }
        return "-" + (members.first ?? "a" + HandleKey(chat.identifier).rawValue)
    }

    /// One key per person: handles with one address, or with one of Apple's person ids, share it.
    private func personKeys() -> [Int64: String] {
        let rows = handles.keys.sorted()
        var forest = Forest(rows)
        for bucket in buckets(rows, by: { handles[$0]?.handle.key.rawValue }) { forest.joinAll(bucket) }
        for bucket in buckets(rows, by: { handles[$0]?.personID }) { forest.joinAll(bucket) }
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                // The address, so that a direct chat without participants meets its siblings.
                (row, "a" + (handles[forest.root(row)]?.handle.key.rawValue ?? ""))
            }
        )
    }

    /// Rows with an equal key, ascending; rows without a key are left out.
    private func buckets(_ rows: [Int64], by key: (Int64) -> String?) -> [[Int64]] {
        var found: [String: [Int64]] = [:]
        for row in rows {
            guard let key = key(row), !key.isEmpty else { continue }
            found[key, default: []].append(row)
        }
        return found.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }
}

/// Disjoint sets of rows; the root of a set is its lowest row, so that the result does not depend on the order.
private struct Forest {
    private var parent: [Int64: Int64]

    init(_ rows: [Int64]) {
        parent = Dictionary(uniqueKeysWithValues: rows.map { ($0, $0) })
    }

    mutating func join(_ left: Int64, _ right: Int64) {
        let (low, high) = (min(root(left), root(right)), max(root(left), root(right)))
        parent[high] = low
    }

    mutating func joinAll(_ rows: [Int64]) {
        for row in rows.dropFirst() { join(rows[0], row) }
    }

    mutating func root(_ row: Int64) -> Int64 {
        var top = row
        while let next = parent[top], next != top { top = next }
        var current = row
        while let next = parent[current], next != top {
            parent[current] = top
            current = next
        }
        return top
    }
}
