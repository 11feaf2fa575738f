//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireWire
import Foundation
import Testing

@testable import BluewireServer

/// Live events over real connections.
struct LiveEventTests {
    private func id(_ frame: RawClient.Frame?) throws -> String? {
        let payload = try #require(frame).payload
        return try JSONDecoder().decode(NativeEvent.self, from: Data(payload)).message?.id
    }

    @Test(.timeLimit(.minutes(1)))
    func aWebSocketGetsReadyThenEventsInOrder() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                let head = try await client.upgrade("/v1/events", token: token)
                #expect(head.hasPrefix("HTTP/1.1 101"))
                #expect(head.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
                expectEqual(try await client.frame()?.text.hasPrefix(#"{"type":"ready","cursor":""#), true)
                try await fixture.append((1...300).map { "E-\($0)" })
                for number in 1...300 { expectEqual(try id(try await client.frame()), "E-\(number)") }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aWebSocketResumesByCursorWithoutLossOrRepeat() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let start = fixture.journal.head
        try await fixture.append((1...50).map { "E-\($0)" })
        let middle = try await fixture.journal.events(after: start, limit: 20).last?.cursor.description ?? ""
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                expectEqual(try await client.upgrade("/v1/events?cursor=\(middle)", token: token).contains("101"), true)
                _ = try await client.frame()
                for number in 21...50 { expectEqual(try id(try await client.frame()), "E-\(number)") }
                try await fixture.append(["E-51"])
                expectEqual(try id(try await client.frame()), "E-51")
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aWebSocketSeesOnlyItsChats() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token(chats: [ChatID(rawValue: "ch_b")])
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                _ = try await client.upgrade("/v1/events", token: token)
                _ = try await client.frame()
                try await fixture.append(["A-1"], chat: "ch_a")
                try await fixture.append(["B-1"], chat: "ch_b")
                expectEqual(try id(try await client.frame()), "B-1")
            }
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("Host: localhost\r\n", false, "401"), ("Host: evil.example\r\n", true, "421"),
            ("Host: localhost\r\nOrigin: http://evil.example\r\n", true, "403"),
        ])
    func aRefusedWebSocketGetsARealAnswer(_ headers: String, _ hasToken: Bool, _ status: String) async throws {
        let fixture = try Fixture()
        let token = hasToken ? try await fixture.token() : nil
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                let head = try await client.upgrade("/v1/events", token: token, headers: headers)
                #expect(head.hasPrefix("HTTP/1.1 \(status)"))
                expectEqual(try await client.read(until: "}").contains("remedy"), true)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func anExpiredCursorIs410() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                let head = try await client.upgrade("/v1/events?cursor=ffffffff-3", token: token)
                #expect(head.hasPrefix("HTTP/1.1 410"))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aConnectionMayBecomeAWebSocketAfterOtherRequests() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                try await client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                expectEqual(try await client.read(until: "}").contains("200"), true)
                expectEqual(try await client.upgrade("/v1/events", token: token).hasPrefix("HTTP/1.1 101"), true)
                _ = try await client.frame()
                try await client.send(opcode: 9, [1, 2])
                expectEqual(try await client.frame(), RawClient.Frame(opcode: 10, payload: [1, 2]))
                try await client.send(opcode: 8, [0x03, 0xE8])
                expectEqual(try await client.frame(), RawClient.Frame(opcode: 8, payload: [0x03, 0xE8]))
                expectEqual(try await client.frame(), nil)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aFrameThatIsTooLargeEndsTheSocket() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                _ = try await client.upgrade("/v1/events", token: token)
                _ = try await client.frame()
                try await client.write("\u{1}\u{7f}" + String(repeating: "\u{7f}", count: 8))
                while let frame = try await client.frame() { #expect(frame.opcode == 8) }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aClientThatReadsLateLosesNothing() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                _ = try await client.upgrade("/v1/events", token: token)
                _ = try await client.frame()
                // More than socket buffers and the journal's memory hold, before the first is read.
                for batch in 0..<30 { try await fixture.append((0..<100).map { "E-\(batch * 100 + $0)" }) }
                for number in 0..<3000 { expectEqual(try id(try await client.frame()), "E-\(number)") }
            }
        }
    }

    /// A reader that is fed by its event loop, falls behind, catches up and is fed again sees each event once.
    @Test(.timeLimit(.minutes(1)))
    func aReaderMayFallBehindAgainAndAgain() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                _ = try await client.upgrade("/v1/events", token: token)
                _ = try await client.frame()
                let text = String(repeating: "x", count: 20_000)
                for round in 0..<3 {
                    for batch in 0..<20 {
                        try await fixture.append((0..<20).map { "E-\(round)-\(batch * 20 + $0)" }, text: text)
                    }
                    for number in 0..<400 {
                        expectEqual(try id(try await client.frame()), "E-\(round)-\(number)")
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func serverSentEventsResumeByLastEventID() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                try await client.write(
                    "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
                expectEqual(try await client.read(until: "retry: 1000").contains("text/event-stream"), true)
                try await fixture.append(["E-1", "E-2"])
                let first = try await client.read(until: "\"E-1\"")
                #expect(first.contains("event: message.created"))
            }
            let start = Cursor(epoch: fixture.journal.epoch, sequence: fixture.journal.head.sequence - 1)
            try await RawClient.connect(port: port) { client in
                try await client.write(
                    "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
                        + "Last-Event-ID: \(start)\r\n\r\n")
                let text = try await client.read(until: "\"E-2\"")
                #expect(text.contains("id: \(fixture.journal.head)"))
                #expect(!text.contains("\"E-1\""))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aForeignHostIsMisdirected() async throws {
        let fixture = try Fixture()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                try await client.write("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                expectEqual(try await client.read(until: "\r\n").contains("421"), true)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aPortInUseIsExplained() async throws {
        let fixture = try Fixture()
        try await withServer(fixture) { port in
            do {
                try await withServer(fixture) { configuration in
                    configuration.port = port
                } _: { _ in
                    Issue.record("two servers on one port")
                }
            } catch let error as ServerError {
                #expect(error.code == .inUse)
                #expect(error.remedy.contains("--listen"))
            }
        }
    }
}
