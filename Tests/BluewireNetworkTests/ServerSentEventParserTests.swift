//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork
import Testing

@Suite struct ServerSentEventParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var events: [ServerSentEvent]
        init(_ name: String, _ text: String, _ events: [ServerSentEvent]) {
            (testDescription, self.text, self.events) = (name, text, events)
        }
    }

    static let cases: [Case] = [
        Case("plain", "data: a\n\n", [.init(data: "a")]),
        Case("no space", "data:a\n\n", [.init(data: "a")]),
        Case("one space only is stripped", "data:  a\n\n", [.init(data: " a")]),
        Case("crlf", "data: a\r\n\r\ndata: b\r\n\r\n", [.init(data: "a"), .init(data: "b")]),
        Case("bare cr", "data: a\r\rdata: b\r\r", [.init(data: "a"), .init(data: "b")]),
        Case("mixed ends", "data: a\r\n\ndata: b\n\r\n", [.init(data: "a"), .init(data: "b")]),
        Case("data lines join", "data: a\ndata: b\ndata:\ndata: d\n\n", [.init(data: "a\nb\n\nd")]),
        Case("named", "event: ping\ndata: {}\n\n", [.init(name: "ping", data: "{}")]),
        Case("empty name is message", "event:\ndata: x\n\n", [.init(data: "x")]),
        Case("comment", ": keep-alive\n\n:\n\ndata: x\n: inside\n\n", [.init(data: "x")]),
        Case("no data is dropped", "event: x\n\ndata: y\n\n", [.init(data: "y")]),
        Case("empty data is dropped", "data\n\ndata:\n\ndata: y\n\n", [.init(data: "y")]),
        Case(
            "id persists", "id: 7\ndata: a\n\ndata: b\n\nid:\ndata: c\n\n",
            [.init(data: "a", id: "7"), .init(data: "b", id: "7"), .init(data: "c", id: "")]),
        Case("id with NUL is ignored", "id: a\u{0}b\ndata: x\n\n", [.init(data: "x")]),
        Case("BOM", "\u{FEFF}data: a\n\n", [.init(data: "a")]),
        Case("only the first BOM", "\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", [.init(data: "a")]),
        Case("unknown fields", "foo: 1\ndata: a\nbar\n\n", [.init(data: "a")]),
        Case("pending at the end", "data: a\n\ndata: b\n", [.init(data: "a")]),
        Case("multi-byte", "data: 你好 👩‍👩‍👧 é\r\n\r\n", [.init(data: "你好 👩‍👩‍👧 é")]),
        Case("colon in value", "data: {\"a\": \"b:c\"}\n\n", [.init(data: "{\"a\": \"b:c\"}")]),
        Case("done", "data: [DONE]\n\n", [.init(data: "[DONE]")]),
    ]

    @Test(arguments: cases) func oneChunk(_ test: Case) throws {
        var parser = ServerSentEventParser()
        #expect(try parser.consume(test.text.utf8) == test.events)
    }

    @Test(arguments: cases) func everySplitIntoThreeChunksGivesTheSameEvents(_ test: Case) throws {
        let bytes = Array(test.text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var parser = ServerSentEventParser()
                var events = try parser.consume(bytes[..<first])
                events += try parser.consume(bytes[first..<second])
                events += try parser.consume(bytes[second...])
                #expect(events == test.events)
            }
        }
    }

    @Test func invalidBytesBecomeReplacementCharacters() throws {
        var parser = ServerSentEventParser()
        let events = try parser.consume(Array("data: a".utf8) + [0xFF, 0xFE] + Array("b\n\n".utf8))
        #expect(events == [.init(data: "a\u{FFFD}\u{FFFD}b")])
    }

    @Test func retryAndLastIDAreKept() throws {
        var parser = ServerSentEventParser()
        _ = try parser.consume("retry: 2500\nid: 42\ndata: x\n\nretry: soon\n".utf8)
        #expect(parser.retry == .milliseconds(2500))
        #expect(parser.lastEventID == "42")
    }

    @Test func longLinesAreRefused() {
        var parser = ServerSentEventParser(maximumLineBytes: 10)
        #expect(throws: ServerSentEventError.lineTooLong(limit: 10)) { try parser.consume("data: 12345".utf8) }
    }

    @Test func largeEventsAreRefused() {
        var parser = ServerSentEventParser(maximumEventBytes: 10)
        #expect(throws: ServerSentEventError.eventTooLarge(limit: 10)) {
            try parser.consume("data: 123456\ndata: 123456\n".utf8)
        }
    }
}
