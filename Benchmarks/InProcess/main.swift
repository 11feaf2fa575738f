//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// The figures of `make bench` that are taken inside the process: reading, listing and decoding.
// usage: bluewire-bench DATABASE CHAT_GUID; one JSON object per line on standard output.
//        bluewire-bench constant PORT FILE; serves the file until killed.

import BluewireCodec
import BluewireModel
import BluewireStore
import Foundation
import GRDB

/// Seconds of CPU time this process has used.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Times `body` again and again and prints percentiles in milliseconds.
func percentiles(_ name: String, repeats: Int, _ body: () async throws -> Int) async throws {
    let clock = ContinuousClock()
    var count = try await body()
    var times: [Double] = []
    for _ in 0..<repeats {
        let start = clock.now
        count = try await body()
        times.append((clock.now - start) / .milliseconds(1))
    }
    times.sort()
    print(
        #"{"name":"\#(name)","count":\#(count),"p50ms":\#(times[repeats / 2]),"p99ms":\#(times[repeats * 99 / 100])}"#)
}

/// Runs `body` three times and prints the best rate, by wall time and by CPU time.
func rate(_ name: String, _ body: () throws -> Int) throws {
    let clock = ContinuousClock()
    var wall = Double.infinity
    var processor = Double.infinity
    var count = 0
    for _ in 0..<3 {
        let start = clock.now
        let used = processorSeconds()
        count = try body()
        wall = min(wall, (clock.now - start) / .seconds(1))
        processor = min(processor, processorSeconds() - used)
    }
    let figures = #""count":\#(count),"seconds":\#(wall),"processorSeconds":\#(processor)"#
    print(#"{"name":"\#(name)",\#(figures),"perSecond":\#(Double(count) / wall)}"#)
}

if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "constant", let port = Int(CommandLine.arguments[2]) {
    try await ConstantServer.run(port: port, file: CommandLine.arguments[3])
    exit(0)
}
guard CommandLine.arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: bluewire-bench DATABASE CHAT_GUID\n".utf8))
    exit(64)
}
let path = CommandLine.arguments[1]
let store = try MessageStore(place: DatabasePlace(path: path), line: LineID(rawValue: "bench"))
guard case .chat(let chat) = try await store.resolve(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(Data("There is no such chat.\n".utf8))
    exit(65)
}

try await percentiles("newest50", repeats: 400) {
    try await store.messages(in: chat.id, MessageQuery(limit: 50)).elements.count
}
try await percentiles("chats50", repeats: 200) {
    try await store.chatsWithLastMessages(ChatQuery(limit: 50)).last.count
}

// Nothing else runs in this process, so plain queues may block here.
let database = try store.database()
let bodies: [[UInt8]] = try await database.read { db in
    try Data.fetchAll(db, sql: "SELECT attributedBody FROM message WHERE attributedBody IS NOT NULL")
        .map { [UInt8]($0) }
}
var lengths = 0
try rate("decode") {
    var decoder = BodyDecoder()
    for body in bodies { lengths &+= decoder.decode(attributedBody: body, text: nil).string.utf8.count }
    return bodies.count
}
try rate("decodeText") {
    var decoder = BodyDecoder()
    for body in bodies { lengths &+= decoder.text(attributedBody: body, text: nil)?.utf8.count ?? 0 }
    return bodies.count
}

let columns = MessageColumn.list(database.schema)
print(#"{"name":"columns","sql":"SELECT \#(columns) FROM message m"}"#)
let pages = 1000
let last = try await database.read { db in try Int64.fetchOne(db, sql: "SELECT MAX(ROWID) FROM message") ?? 0 }

/// Reads the rows after `row`, one page.
func page(after row: Int64, in db: Database) throws -> [MessageRow] {
    let cursor = try Row.fetchCursor(
        db.cachedStatement(sql: "SELECT \(columns) FROM message m WHERE m.ROWID > ? ORDER BY m.ROWID LIMIT ?"),
        arguments: [row, pages])
    var rows: [MessageRow] = []
    rows.reserveCapacity(pages)
    while let row = try cursor.next() { rows.append(MessageRow(row)) }
    return rows
}

var readOnly = Configuration()
readOnly.readonly = true
let pool = try DatabaseQueue(path: path, configuration: readOnly)
try rate("readRows") {
    try pool.read { db in
        var row: Int64 = 0
        var count = 0
        while row < last {
            let rows = try page(after: row, in: db)
            guard let end = rows.last else { break }
            row = end.row
            count += rows.count
        }
        return count
    }
}
try rate("readDecode") {
    try pool.read { db in
        var decoder = BodyDecoder()
        var row: Int64 = 0
        var count = 0
        while row < last {
            let rows = try page(after: row, in: db)
            guard let end = rows.last else { break }
            for one in rows {
                lengths &+= decoder.decode(attributedBody: one.attributedBody, text: one.text).string.utf8.count
                if let summary = one.summary { lengths &+= (try? MessageSummary(decoding: summary))?.edits.count ?? 0 }
            }
            row = end.row
            count += rows.count
        }
        return count
    }
}
try rate("hydrate") {
    try pool.read { db in
        var row: Int64 = 0
        var count = 0
        while row < last {
            let rows = try page(after: row, in: db)
            guard let end = rows.last else { break }
            count += try database.hydrator.messages(from: rows, in: db).count
            row = end.row
        }
        return count
    }
}
print(#"{"name":"checksum","value":\#(lengths)}"#)
