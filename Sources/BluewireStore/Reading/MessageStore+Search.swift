//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

extension MessageStore: MessageSearching {
    /// The most rows one search looks at; older messages are not found by it.
    private static let rowLimit = 400_000

    /// Searches by reading the newest messages, in short transactions; cancelling stops between them.
    public func search(_ text: String, in chat: ChatID?, limit: Int) async throws -> [Message] {
        let words = TextFolding.folded(text).split(whereSeparator: \.isWhitespace).map(String.init)
        guard !words.isEmpty, limit > 0 else { return [] }
        var hits: [SearchScan.Hit] = []
        for scope in try await scopes(of: chat) {
            hits += try await matches(of: words, in: scope, limit: limit)
        }
        hits.sort { ($0.date, $0.row) > ($1.date, $1.row) }
        var seen: Set<Int64> = []
        let rows = hits.filter { seen.insert($0.row).inserted }.prefix(limit).map { RowID(rawValue: $0.row) }
        return try await messages(rows: rows)
    }

    /// The chats to search one after the other; nil stands for all of them at once.
    private func scopes(of chat: ChatID?) async throws -> [Int64?] {
        guard let chat else { return [nil] }
        return try await read { database, db in
            try database.hydrator.directory.current(in: db).conversation(chat)?.members ?? []
        }
    }

    private func matches(of words: [String], in chat: Int64?, limit: Int) async throws -> [SearchScan.Hit] {
        var scan = SearchScan(words: words, chat: chat)
        var found: [SearchScan.Hit] = []
        while scan.rowCount < Self.rowLimit, found.count < limit, !scan.isFinished {
            try Task.checkCancellation()
            let current = scan
            let slice = try await read { _, db in
                try current.next(db)
            }
            scan = slice.rest
            found += slice.hits
        }
        return found
    }
}
