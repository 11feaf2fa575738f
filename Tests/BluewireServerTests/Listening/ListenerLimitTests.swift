//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import Testing

@testable import BluewireServer

/// What a listener does with those who are slow, many, or make no sense; over real connections.
@Suite(.timeLimit(.minutes(1))) struct ListenerLimitTests {
    /// Sends `text` to a server and returns all it says until it closes.
    private func answer(
        to text: String, adjust: (inout GatewayServer.Configuration) -> Void = { _ in }
    ) async throws -> String {
        let answer = Mailbox<String>()
        try await withServer(try Fixture(), adjust: adjust) { port in
            try await RawClient.connect(port: port) { client in
                // A refusal may come before everything is written.
                if !text.isEmpty { try? await client.write(text) }
                answer.put(try await client.rest())
            }
        }
        return answer.value ?? ""
    }

    @Test(arguments: [
        ("GET /healthz HT", "408"), ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: y\r\n", "408"), ("", ""),
    ])
    func aHeadThatDoesNotComeIsTimedOut(_ text: String, _ status: String) async throws {
        // Long enough for a busy machine to deliver what is there.
        let answer = try await answer(to: text) { $0.limits.times.head = .seconds(3) }
        #expect(answer.hasPrefix(status.isEmpty ? "" : "HTTP/1.1 \(status)"))
        #expect(answer.isEmpty == status.isEmpty)
        #expect(status.isEmpty || answer.contains("request_timeout"))
    }

    @Test func theSecondHeadIsTimedToo() async throws {
        try await withServer(try Fixture()) {
            $0.limits.times.head = .seconds(3)
        } _: { port in
            try await RawClient.connect(port: port) { client in
                try await client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                expectEqual(try await client.read(until: "}").hasPrefix("HTTP/1.1 200"), true)
                try await client.write("GET /heal")
                expectEqual(try await client.rest().hasPrefix("HTTP/1.1 408"), true)
            }
        }
    }

    @Test(arguments: ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
    func aBodyThatDoesNotComeIsTimedOut(_ body: String) async throws {
        let answer = try await answer(to: "POST /v1/session HTTP/1.1\r\nHost: localhost\r\n" + body) {
            $0.limits.times.body = .milliseconds(50)
        }
        #expect(answer.hasPrefix("HTTP/1.1 408"))
    }

    @Test(arguments: [
        ("POST /v1/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nxx\r\n", ["400"]),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGARBAGE\r\n\r\n", ["200", "400"]),
    ])
    func whatBreaksLaterIsRefusedInItsTurn(_ text: String, _ statuses: [String]) async throws {
        let answer = try await answer(to: text)
        let found = answer.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
        #expect(found == statuses)
    }

    @Test func aConnectionThatRestsTooLongIsClosed() async throws {
        let answer = try await answer(to: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") {
            $0.limits.times.idle = .milliseconds(500)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{3}\u{3}", "GET /\u{1} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ])
    func whatIsNotHTTPIsRefusedAndTheConnectionEnds(_ text: String) async throws {
        let answer = try await answer(to: text)
        #expect(answer.hasPrefix("HTTP/1.1 400"))
        #expect(answer.lowercased().contains("connection: close"))
    }

    @Test(arguments: [
        "X: " + String(repeating: "x", count: 20_000) + "\r\n", String(repeating: "X: y\r\n", count: 200),
        String(repeating: "X: \(String(repeating: "x", count: 8000))\r\n", count: 10),
    ])
    func aHeadBeyondTheLimitsIsRefused(_ fields: String) async throws {
        let answer = try await answer(to: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 431"))
        #expect(answer.contains("head_too_large"))
    }

    @Test func aLargeBodyIsRefusedBeforeItComesAndTheConnectionEnds() async throws {
        let answer = try await answer(
            to: "POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\nx")
        #expect(answer.hasPrefix("HTTP/1.1 413"))
    }

    @Test func aLargeBodyOfUnknownLengthIsRefusedOnTheWay() async throws {
        let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
        let answer = try await answer(
            to: "POST /v1/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: chunk, count: 20))
        #expect(answer.hasPrefix("HTTP/1.1 413"))
    }

    @Test func aConnectionEndsAfterTheAnswerWhenTheClientSaysSo() async throws {
        let answer = try await answer(
            to: "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200"))
    }

    @Test func oneAddressHoldsOnlySoManyConnections() async throws {
        try await withServer(try Fixture()) {
            $0.limits.connectionsOnLoopback = 1
        } _: { port in
            try await RawClient.connect(port: port) { first in
                try await first.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try await first.read(until: "}")
                try await RawClient.connect(port: port) { second in
                    let answer = try await second.rest()
                    #expect(answer.hasPrefix("HTTP/1.1 429"))
                    #expect(answer.contains("Retry-After: "))
                    #expect(answer.contains("limits.connections-per-address"))
                }
            }
        }
    }

    @Test func idleConnectionsMakeRoomForNewOnes() async throws {
        try await withServer(try Fixture()) {
            $0.limits.connections = 2
        } _: { port in
            try await RawClient.connect(port: port) { oldest in
                try await oldest.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try await oldest.read(until: "}")
                for _ in 0..<5 {
                    try await RawClient.connect(port: port) { next in
                        try await next.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        expectEqual(try await next.read(until: "}").hasPrefix("HTTP/1.1 200"), true)
                    }
                    try await RawClient.connect(port: port) { _ in }
                }
                expectEqual(try await oldest.rest(), "")
            }
        }
    }

    @Test func addressesThatAreNotListedAreRefused() async throws {
        let answer = try await answer(to: "") { $0.admits = { $0 != "127.0.0.1" } }
        #expect(answer.hasPrefix("HTTP/1.1 403"))
        #expect(answer.contains("foreign_address"))
    }

    @Test func requestsAreSpacedOutWhenAskedFor() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) {
            $0.limits.requestsOnLoopback = RequestRate(perSecond: 0.001, burst: 2)
        } _: { port in
            try await RawClient.connect(port: port) { client in
                for status in ["200", "200", "429"] {
                    try await client.write(
                        "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
                    let head = try await client.read(until: "\r\n\r\n")
                    #expect(head.hasPrefix("HTTP/1.1 \(status)"))
                    #expect(head.lowercased().contains("retry-after: ") == (status == "429"))
                    #expect(head.lowercased().contains("content-security-policy"))
                    // The state of the gateway ends with its listener, a problem with itself.
                    _ = try await client.read(until: status == "200" ? "}}" : "}")
                }
            }
        }
    }

    @Test func oneTokenHoldsOnlySoManyWebSockets() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) {
            $0.limits.socketsOnLoopback = 1
        } _: { port in
            try await RawClient.connect(port: port) { first in
                expectEqual(try await first.upgrade("/v1/events", token: token).hasPrefix("HTTP/1.1 101"), true)
                try await RawClient.connect(port: port) { second in
                    let head = try await second.upgrade("/v1/events", token: token)
                    #expect(head.hasPrefix("HTTP/1.1 429"))
                    #expect(head.lowercased().contains("retry-after: "))
                }
                try await first.send(opcode: 8, [0x03, 0xE8])
                _ = try await first.rest()
            }
            // The place is free again as soon as the server has noticed, which is not at once.
            for attempt in 1... {
                let isOpen = Mailbox<Bool>()
                try await RawClient.connect(port: port) { third in
                    isOpen.put(try await third.upgrade("/v1/events", token: token).hasPrefix("HTTP/1.1 101"))
                }
                if isOpen.value == true { break }
                try #require(attempt < 2000)
            }
        }
    }

    @Test(
        arguments: [
            ("unmasked", [0x81, 0x02, 0x68, 0x69], 1002), ("reserved bit", [0xC1, 0x80, 0, 0, 0, 0], 1002),
            ("unknown opcode", [0x83, 0x80, 0, 0, 0, 0], 1002), ("unknown control", [0x8B, 0x80, 0, 0, 0, 0], 1002),
            ("stray continuation", [0x80, 0x80, 0, 0, 0, 0], 1002),
            ("interleaved", [0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0], 1002),
            ("fragmented ping", [0x09, 0x80, 0, 0, 0, 0], 1002),
            ("long ping", [0x89, 0xFE, 0x00, 0x7E, 0, 0, 0, 0], 1002),
            ("close of one byte", [0x88, 0x81, 0, 0, 0, 0, 3], 1002),
            ("reserved close code", [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], 1002),
            ("close reason not UTF-8", [0x88, 0x83, 0, 0, 0, 0, 0x03, 0xE8, 0xFF], 1007),
            ("too large", [0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 0, 0], 1009),
            ("absurdly large", [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], 1009),
        ] as [(String, [UInt8], Int)])
    func aFrameAgainstTheRulesEndsTheSocketWithItsCode(_ name: String, _ bytes: [UInt8], _ code: Int) async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                _ = try await client.upgrade("/v1/events", token: token)
                _ = try await client.frame()
                try await client.write(bytes: bytes)
                let frame = try await client.frame()
                #expect(frame == RawClient.Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)]))
                expectEqual(try await client.rest(), "")
            }
        }
    }

    @Test func aFrameOfAMebibyteIsTaken() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                _ = try await client.upgrade("/v1/events", token: token)
                _ = try await client.frame()
                try await client.write(
                    bytes: [0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 1 << 20))
                try await client.send(opcode: 9, [7])
                expectEqual(try await client.frame(), RawClient.Frame(opcode: 10, payload: [7]))
            }
        }
    }

    @Test(arguments: [false, true])
    func aClientThatTakesNothingIsLetGo(_ isWebSocket: Bool) async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        try await withServer(fixture) {
            $0.limits.times.stall = .milliseconds(200)
        } _: { port in
            try await RawClient.connect(port: port) { sleeper in
                if isWebSocket {
                    _ = try await sleeper.upgrade("/v1/events", token: token)
                } else {
                    try await sleeper.write(
                        "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
                    _ = try await sleeper.read(until: "retry: 1000")
                }
                // More than the buffers of both sides hold.
                for number in 0..<40 {
                    try await fixture.append(["E-\(number)"], text: String(repeating: "x", count: 500_000))
                }
                try await RawClient.connect(port: port) { observer in
                    var readers = 1
                    while readers > 0 {
                        try await observer.write(
                            "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
                        _ = try await observer.read(until: "\"readers\":")
                        let digits = try await observer.read(until: ",")
                        readers = try #require(Int(digits.dropLast()))
                        _ = try await observer.read(until: "}")
                    }
                }
            }
        }
    }
}
