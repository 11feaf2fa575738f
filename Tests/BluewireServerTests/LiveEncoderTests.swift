//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import NIOCore
import Testing

@testable import BluewireServer

/// What readers get, and that it is made once for all of them.
@Suite struct LiveEncoderTests {
    private let fixture: Fixture
    private let start: Cursor

    init() throws {
        fixture = try Fixture()
        start = fixture.journal.head
    }

    private func feed(_ render: @escaping @Sendable (GatewayEvent) -> [UInt8]) -> EventFeed {
        EventFeed(journal: fixture.journal, render: render)
    }

    private func batch(
        _ feed: EventFeed, after position: EventFeed.Position, _ form: LiveReader.Form, chats: Set<ChatID>? = nil
    ) throws -> LiveEncoder.Batch {
        let page = try #require(fixture.journal.newestPage(after: position.cursor, limit: LiveEncoder.pageLimit))
        var encoder = LiveEncoder(feed)
        let selection = EventSelection(caller: Principal(id: "test", scopes: [.read], chats: chats))
        return encoder.batch(of: page, after: position, selection, form)
    }

    /// The texts of whole, unmasked text frames; what is none ends them.
    private func texts(_ bytes: ByteBuffer) -> [String] {
        var bytes = bytes
        var texts: [String] = []
        while bytes.readInteger(as: UInt8.self) == 0x81, let short = bytes.readInteger(as: UInt8.self) {
            var length: Int? = Int(short)
            if short == 126 { length = bytes.readInteger(as: UInt16.self).map(Int.init) }
            if short == 127 { length = bytes.readInteger(as: UInt64.self).map(Int.init) }
            texts.append(length.flatMap { bytes.readString(length: $0) } ?? "cut")
        }
        if bytes.readableBytes > 0 { texts.append("rest") }
        return texts
    }

    /// The three ways to write a length, at their borders: 125 and 126, 65 535 and 65 536.
    @Test(arguments: [2, 108, 109, 65_518, 65_519, 70_000])
    func aFrameHoldsTheWholeEvent(_ size: Int) async throws {
        try await fixture.append(["E-1"])
        let json = "{\"" + String(repeating: "x", count: size)
        let feed = feed { _ in Array(json.utf8) }
        let found = try batch(feed, after: feed.position(after: start), .webSocket)
        #expect(texts(found.bytes) == [#"{"type":"event","# + json.dropFirst()])
    }

    @Test(arguments: [LiveReader.Form.webSocket, .serverSent])
    func aPageIsCutIntoBatchesThatLoseNothing(_ form: LiveReader.Form) async throws {
        try await fixture.append((0..<150).map { "E-\($0)" })
        let feed = feed { Array("{\($0.cursor.sequence):\(String(repeating: "x", count: 2000))}".utf8) }
        var position = feed.position(after: start)
        var (sizes, found, hasMore): ([Int], [UInt8], Bool) = ([], [], true)
        while hasMore {
            let batch = try batch(feed, after: position, form)
            #expect(batch.position.cursor != position.cursor)
            (position, hasMore) = (batch.position, batch.hasMore)
            sizes.append(batch.bytes.readableBytes)
            found += Array(batch.bytes.readableBytesView)
        }
        #expect(position.cursor == fixture.journal.head)
        #expect(sizes.count == 5 && sizes.allSatisfy { $0 < LiveEncoder.batchSize + 2200 })
        let page = try #require(fixture.journal.newestPage(after: start, limit: 150))
        let wanted = page.entries.flatMap { entry in
            LiveEncoder.encode(entry.event, feed.render(entry.event), form, isJournalled: true).readableBytesView
        }
        #expect(found == wanted)
    }

    @Test func whatTheReaderMayNotSeeMovesItOn() async throws {
        try await fixture.append(["A-1"], chat: "ch_a")
        let feed = feed(fixture.context.render)
        let batch = try batch(
            feed, after: feed.position(after: start), .serverSent, chats: [ChatID(rawValue: "ch_b")])
        #expect(batch.bytes.readableBytes == 0)
        #expect(batch.position.cursor == fixture.journal.head)
    }

    @Test(arguments: [
        (LiveReader.Form.webSocket, [0x89, 0x00] as [UInt8]), (.serverSent, Array(": still here\n\n".utf8)),
    ])
    func aQuietReaderHearsAHeartbeatOnce(_ form: LiveReader.Form, _ sign: [UInt8]) throws {
        let feed = feed(fixture.context.render)
        let before = feed.position(after: start)
        feed.beat()
        let batch = try batch(feed, after: before, form)
        #expect(Array(batch.bytes.readableBytesView) == sign)
        #expect(try self.batch(feed, after: batch.position, form).bytes.readableBytes == 0)
    }
}
