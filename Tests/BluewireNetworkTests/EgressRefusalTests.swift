//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork
import Foundation
import Synchronization
import Testing

/// What the guard refuses before anything leaves the machine, seen from the outside: a request, a resolver stand-in, and
/// nobody who was connected to.
@Suite struct EgressRefusalTests {
    /// Answers each question with the next list of addresses, and the last one for ever.
    private final class ScriptedResolver: HostResolving {
        private let answers: Mutex<[[String]]>
        let questions = Mutex<[String]>([])

        init(_ answers: [[String]]) { self.answers = Mutex(answers) }

        func addresses(of host: String) async -> [IPAddress] {
            questions.withLock { $0.append(host) }
            let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
            return answer.compactMap { IPAddress($0) }
        }
    }

    private func refusal(
        _ client: EgressClient, _ url: String, _ purpose: EgressPurpose = .webhook
    ) async -> EgressError? {
        do throws(EgressError) {
            _ = try await client.send(EgressRequest(purpose, url: url))
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            "http://127.0.0.1/", "https://127.0.0.1/", "https://10.1.2.3/", "https://172.20.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/", "https://[::1]/", "https://[fe80::1]/",
            "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b:1::a00:1]/", "https://[2002:7f00:1::]/", "https://[::127.0.0.1]/", "https://0.0.0.0/",
            "https://[::]/", "https://127.0.0.1./", "https://224.0.0.1/", "https://[ff02::1]/",
            "https://100.100.100.200/", "http://8.8.8.8/",
        ],
        [EgressPurpose.webhook, .model, .media])
    func literalsThatLeadInwardAreRefused(_ url: String, _ purpose: EgressPurpose) async {
        let resolver = ScriptedResolver([["8.8.8.8"]])
        #expect(await refusal(EgressClient(resolver: resolver), url, purpose)?.code == .refused)
        #expect(resolver.questions.withLock { $0.isEmpty })
    }

    @Test(arguments: [
        "http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://0x7f.1/", "http://127.1/",
        "http://0177.0.0.1/", "http://127.0.0.1:0/", "http://good.example@127.0.0.1/",
        "http://127.0.0.1\\@good.example/",
        "http://good.example:80@127.0.0.1/", "http://[fe80::1%25eth0]/", "http://１２７.0.0.1/", "http://127。0。0。1/",
        "http://127.0.0.1%2f@good.example/", "http://localhost%00.good.example/", "file:///etc/passwd",
        "gopher://127.0.0.1/", "http://good.example../", "//127.0.0.1/", "http:/127.0.0.1/", "http://0/",
    ])
    func confusingSpellingsAreNotEvenResolved(_ url: String) async {
        let resolver = ScriptedResolver([["8.8.8.8"]])
        #expect(await refusal(EgressClient(resolver: resolver), url)?.code == .invalid)
        #expect(resolver.questions.withLock { $0.isEmpty })
    }

    @Test(arguments: [
        ["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"],
        ["2606:4700::1111", "fd00::1"], ["::ffff:192.168.0.1"], ["64:ff9b::a9fe:a9fe"], ["100.64.1.1"], ["0.0.0.0"],
    ])
    func namesThatLeadInwardAreRefusedWhateverElseTheyLeadTo(_ addresses: [String]) async {
        for host in ["inward.example", "localhost", "inward.example."] {
            let error = await refusal(EgressClient(resolver: ScriptedResolver([addresses])), "https://\(host)/")
            #expect(error?.code == .refused)
            #expect(error?.nothingWasSent == true)
        }
    }

    @Test func aNameThatChangesItsMeaningIsCheckedAgain() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        try await LoopbackServer.run([.send(answer)]) { server, port in
            let resolver = ScriptedResolver([["127.0.0.1"], ["169.254.169.254"]])
            let client = EgressClient(
                policy: try EgressPolicy(allow: ["webhook": ["rebind.example"]]), resolver: resolver,
                addressLifetime: .zero)
            let url = "http://rebind.example:\(port)/"
            #expect(await refusal(client, url) == nil)
            #expect(await refusal(client, url)?.code == .refused)
            #expect(server.requests.withLock { $0.count } == 1)
        }
    }

    @Test func betweenCheckAndUseNobodyIsAskedAgain() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        try await LoopbackServer.run([.send(answer)]) { server, port in
            let resolver = ScriptedResolver([["127.0.0.1"], ["10.0.0.1"]])
            let client = EgressClient(
                policy: try EgressPolicy(allow: ["webhook": ["rebind.example"]]), resolver: resolver)
            for _ in 0..<2 { #expect(await refusal(client, "http://rebind.example:\(port)/") == nil) }
            #expect(resolver.questions.withLock { $0 } == ["rebind.example"])
            #expect(server.requests.withLock { $0.count } == 2)
        }
    }

    @Test(arguments: ["http://169.254.169.254/", "http://127.0.0.1:1/", "http://evil.example/", "file:///etc/passwd"])
    func redirectsLeadNowhere(_ target: String) async throws {
        let answer = "HTTP/1.1 307 Moved\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n"
        try await LoopbackServer.run([.send(answer)]) { server, port in
            let resolver = ScriptedResolver([])
            let client = EgressClient(
                policy: try EgressPolicy(allow: ["webhook": ["127.0.0.1:\(port)"]]), resolver: resolver)
            let response = try await client.send(EgressRequest(.webhook, url: "http://127.0.0.1:\(port)/"))
            #expect(response.status == 307)
            #expect(server.requests.withLock { $0.count } == 1)
            #expect(resolver.questions.withLock { $0.isEmpty })
        }
    }

    @Test func aCompressedBodyIsNotBlownUp() async throws {
        // What claims to be gzip is handed on as it came; nothing inflates it, and its bytes count against the cap.
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
            + String(repeating: "z", count: 20)
        try await LoopbackServer.run([.send(answer)]) { server, port in
            let client = EgressClient(policy: try EgressPolicy(allow: ["media": ["127.0.0.0/8"]]))
            let url = "http://127.0.0.1:\(port)/"
            let response = try await client.send(EgressRequest(.media, url: url))
            #expect(try await response.body.collect() == [UInt8](repeating: UInt8(ascii: "z"), count: 20))
            #expect(!server.requests.withLock { $0.joined() }.lowercased().contains("accept-encoding"))
            let small = EgressLimits(maximumBodyBytes: 19)
            let cut = try await client.send(EgressRequest(.media, url: url, limits: small))
            let error = await #expect(throws: EgressError.self) { _ = try await cut.body.collect() }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func whatIsConfiguredIsReachedAndOnlyForItsPurpose() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        try await LoopbackServer.run([.send(answer)]) { _, port in
            let client = EgressClient(
                policy: try EgressPolicy(allow: ["webhook": ["127.0.0.1:\(port)"]]), resolver: ScriptedResolver([]))
            #expect(await refusal(client, "http://127.0.0.1:\(port)/") == nil)
            #expect(await refusal(client, "http://127.0.0.1:\(port)/", .model)?.code == .refused)
            #expect(await refusal(client, "http://127.0.0.2:\(port)/")?.code == .refused)
            #expect(await refusal(client, "http://127.0.0.1:\(port == 65_535 ? 1 : port + 1)/")?.code == .refused)
        }
    }
}
