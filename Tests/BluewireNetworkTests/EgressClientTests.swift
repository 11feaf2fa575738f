//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork
import Foundation
import Synchronization
import Testing

@Suite struct EgressClientTests {
    private struct FixedResolver: HostResolving {
        var table: [String: [IPAddress]]
        func addresses(of host: String) async -> [IPAddress] { table[host] ?? [] }
    }

    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func client(_ resolver: [String: [String]] = [:]) throws -> EgressClient {
        EgressClient(
            policy: try EgressPolicy(allow: ["model": ["127.0.0.0/8"], "webhook": ["127.0.0.0/8"]]),
            resolver: FixedResolver(table: resolver.mapValues { $0.compactMap { IPAddress($0) } })
        )
    }

    @Test func aRequestArrivesWholeAndKeepsTheName() async throws {
        let answer = "HTTP/1.1 201 Created\r\nX-Kind: a\r\nContent-Length: 2\r\n\r\nok"
        try await LoopbackServer.run([.send(answer)]) { server, port in
            let client = try client(["hook.example": ["127.0.0.1"]])
            var request = EgressRequest(
                .webhook, method: "POST", url: "http://hook.example:\(port)/in?a=b", headers: ["X-Test": "1"],
                body: Array("hello".utf8)
            )
            // Time limits are not what is tested here, and the machine may be busy.
            request.limits = EgressLimits(connect: .seconds(120), idle: .seconds(300), total: .seconds(600))
            let response = try await client.send(request)
            #expect(response.status == 201)
            #expect(response.headers["x-kind"] == "a")
            #expect(try await response.body.collect() == Array("ok".utf8))
            let seen = server.requests.withLock { $0.joined() }.lowercased()
            #expect(seen.hasPrefix("post /in?a=b http/1.1"))
            #expect(seen.contains("host: hook.example:\(port)"))
            #expect(seen.contains("content-length: 5"))
            #expect(seen.hasSuffix("hello"))
        }
    }

    @Test func loopbackIsRefusedWithoutAGrantAndNothingIsSent() async throws {
        try await LoopbackServer.run([]) { server, port in
            let client = EgressClient()
            let error = await #expect(throws: EgressError.self) {
                _ = try await client.send(EgressRequest(.webhook, url: "http://127.0.0.1:\(port)/"))
            }
            #expect(error?.code == .refused)
            #expect(error?.nothingWasSent == true)
            #expect(server.requests.withLock { $0.isEmpty })
        }
    }

    @Test func aGrantThatIsTakenAwayIsMissedAtOnceAndANewOneHolds() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        try await LoopbackServer.run([.send(answer)]) { server, port in
            let client = try client()
            func post() async throws -> [UInt8] {
                var request = EgressRequest(.webhook, method: "POST", url: "http://127.0.0.1:\(port)/")
                request.limits = EgressLimits(connect: .seconds(120), idle: .seconds(300), total: .seconds(600))
                return try await client.send(request).body.collect()
            }
            #expect(try await post() == Array("ok".utf8))
            client.replacePolicy(EgressPolicy())
            let error = await #expect(throws: EgressError.self) { _ = try await post() }
            #expect(error?.code == .refused)
            #expect(server.requests.withLock { $0.count } == 1)
            client.replacePolicy(try EgressPolicy(allow: ["webhook": ["127.0.0.1:\(port)"]]))
            #expect(try await post() == Array("ok".utf8))
        }
    }

    @Test func aNameThatAlsoResolvesToAPrivateAddressIsRefused() async throws {
        let client = EgressClient(
            resolver: FixedResolver(table: ["a.example": ["8.8.8.8", "10.0.0.1"].compactMap { IPAddress($0) }])
        )
        let error = await #expect(throws: EgressError.self) {
            _ = try await client.send(EgressRequest(.model, url: "https://a.example/"))
        }
        #expect(error?.code == .refused)
    }

    @Test func redirectsAreReturnedNotFollowed() async throws {
        let answer = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
        try await LoopbackServer.run([.send(answer)]) { server, port in
            let response = try await client().send(EgressRequest(.webhook, url: "http://127.0.0.1:\(port)/"))
            #expect(response.status == 302)
            #expect(server.requests.withLock { $0.count } == 1)
        }
    }

    @Test func nobodyListeningIsUnreachable() async throws {
        let port = try await LoopbackServer.run([]) { _, port in port }
        let error = await #expect(throws: EgressError.self) {
            _ = try await client().send(EgressRequest(.webhook, url: "http://127.0.0.1:\(port)/"))
        }
        #expect(error?.code == .unreachable)
    }

    @Test func unknownNamesAreUnreachable() async throws {
        let error = await #expect(throws: EgressError.self) {
            _ = try await client().send(EgressRequest(.webhook, url: "https://nowhere.example/"))
        }
        #expect(error?.code == .unreachable)
    }

    @Test func eventsArriveWhileTheBodyIsOpen() async throws {
        let script: [LoopbackServer.Step] = [
            .send(Self.head), .send("a\r\ndata: one\n\r\n1\r\n\n\r\n"), .send("b\r\ndata: two\n\n\r\n"),
        ]
        try await LoopbackServer.run(script) { _, port in
            let response = try await client().send(EgressRequest(.model, url: "http://127.0.0.1:\(port)/"))
            var events = response.events.makeAsyncIterator()
            #expect(try await events.next()?.data == "one")
            #expect(try await events.next()?.data == "two")
        }
    }

    @Test func aSilentStreamEndsAtTheIdleLimit() async throws {
        try await LoopbackServer.run([.send(Self.head), .send("3\r\n:x\n\r\n")]) { _, port in
            let limits = EgressLimits(idle: .milliseconds(80))
            let request = EgressRequest(.model, url: "http://127.0.0.1:\(port)/", limits: limits)
            let client = try client()
            // On a busy machine even the head may take longer than this short limit.
            let error = await #expect(throws: EgressError.self) {
                _ = try await client.send(request).body.collect()
            }
            #expect(error?.code == .timedOut)
        }
    }

    @Test func aBodyPastItsCapIsCutOff() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + String(repeating: "x", count: 100)
        try await LoopbackServer.run([.send(answer)]) { _, port in
            let limits = EgressLimits(maximumBodyBytes: 99)
            let response = try await client().send(
                EgressRequest(.model, url: "http://127.0.0.1:\(port)/", limits: limits)
            )
            let error = await #expect(throws: EgressError.self) { _ = try await response.body.collect() }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func aBrokenConnectionIsAnErrorNotAnEnd() async throws {
        try await LoopbackServer.run([.send(Self.head), .send("5\r\nhe"), .close]) { _, port in
            let response = try await client().send(EgressRequest(.model, url: "http://127.0.0.1:\(port)/"))
            let error = await #expect(throws: EgressError.self) { _ = try await response.body.collect() }
            #expect(error?.code == .interrupted)
        }
    }

    @Test func cancellationEndsAWaitingRequest() async throws {
        try await LoopbackServer.run([.send(Self.head), .send("3\r\n:x\n\r\n")]) { _, port in
            let client = try client()
            let code = await withTaskGroup(of: EgressError.Code?.self) { group in
                let (ready, signal) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    do throws(EgressError) {
                        let response = try await client.send(EgressRequest(.model, url: "http://127.0.0.1:\(port)/"))
                        signal.yield()
                        _ = try await response.body.collect()
                        return nil
                    } catch {
                        return error.code
                    }
                }
                for await _ in ready { break }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(code == .cancelled)
        }
    }

    @Test func aUnixSocketIsReached() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/bw \(UInt32.random(in: 0...UInt32.max)).sock"
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        try await LoopbackServer.run([.send(answer)], socketPath: path) { server, _ in
            let response = try await EgressClient().send(
                EgressRequest(method: "POST", socketPath: path, path: "/say?x=1", body: Array("{}".utf8))
            )
            #expect(try await response.body.collect() == Array("hi".utf8))
            #expect(server.requests.withLock { $0.joined() }.hasPrefix("POST /say?x=1 HTTP/1.1"))
            let error = await #expect(throws: EgressError.self) {
                _ = try await EgressClient().send(EgressRequest(.webhook, socketPath: path, path: "/"))
            }
            #expect(error?.code == .refused)
        }
        let gone = await #expect(throws: EgressError.self) {
            _ = try await EgressClient().send(EgressRequest(socketPath: path, path: "/"))
        }
        #expect(gone?.code == .unreachable)
    }
}
