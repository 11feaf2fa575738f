//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import Foundation
import NIOSSL
import Testing

@testable import BluewireServer

/// The TLS listener over real connections, with NIOSSL as a strict client.
@Suite(.timeLimit(.minutes(1))) struct TLSListenerTests {
    private let folder: TemporaryFolder
    private let files: TLSFiles
    private let certificate: NIOSSLCertificate

    init() throws {
        folder = try TemporaryFolder()
        files = TLSFiles(certificate: folder.path + "/certificate.pem", key: folder.path + "/key.pem")
        let made = try SelfSignedCertificate(
            names: ["localhost"], addresses: ["127.0.0.1"], now: SystemWallClock().now)
        try Data(made.certificate.utf8).write(to: URL(filePath: files.certificate))
        try Data(made.key.utf8).write(to: URL(filePath: files.key))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.key)
        certificate = try NIOSSLCertificate(bytes: Array(made.certificate.utf8), format: .pem)
    }

    @Test(arguments: [[], ["http/1.1"], ["http/1.1", "h2"]] as [[String]])
    func aConnectionMayBecomeAWebSocketAfterOtherRequests(_ protocols: [String]) async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        // A server prefers HTTP/2 where the client knows it.
        guard !protocols.contains("h2") else { return try await http2IsPreferred(fixture) }
        try await withServer(fixture) {
            $0.tls = files
        } _: { port in
            try await RawClient.connect(port: port, trusting: certificate, protocols: protocols) { client in
                for _ in 0..<2 {
                    try await client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    expectEqual(try await client.read(until: "}").hasPrefix("HTTP/1.1 200"), true)
                }
                expectEqual(try await client.upgrade("/v1/events", token: token).hasPrefix("HTTP/1.1 101"), true)
                _ = try await client.frame()
                try await fixture.append(["E-1"])
                expectEqual(try await client.frame()?.text.contains("E-1"), true)
                try await client.send(opcode: 8, [0x03, 0xE8])
                expectEqual(try await client.frame(), RawClient.Frame(opcode: 8, payload: [0x03, 0xE8]))
            }
        }
    }

    private func http2IsPreferred(_ fixture: Fixture) async throws {
        try await withServer(fixture) {
            $0.tls = files
        } _: { port in
            try await RawClient.connect(port: port, trusting: certificate, protocols: ["h2"]) { client in
                try await client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                try await client.write(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 0])
                // The server's own SETTINGS frame.
                expectEqual(try await client.bytes(4).last, 4)
            }
        }
    }

    @Test func theSessionCookieIsSealed() async throws {
        let fixture = try Fixture()
        let code = try await fixture.state.tokens().createLoginCode(scopes: [.read])
        let body = "{\"token\":\"\(code)\"}"
        try await withServer(fixture) {
            $0.tls = files
        } _: { port in
            try await RawClient.connect(port: port, trusting: certificate) { client in
                try await client.write(
                    "POST /v1/session HTTP/1.1\r\nHost: localhost:\(port)\r\nOrigin: https://localhost:\(port)\r\n"
                        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                let head = try await client.read(until: "\r\n\r\n")
                #expect(head.hasPrefix("HTTP/1.1 204"))
                #expect(head.contains("SameSite=Strict; Secure"))
            }
        }
    }

    @Test func plainHTTPAndSilenceGetNothing() async throws {
        try await withServer(try Fixture()) {
            $0.tls = files
            $0.limits.times.head = .milliseconds(200)
        } _: { port in
            try await RawClient.connect(port: port) { client in
                // On a busy machine the time may be over before this is written.
                try? await client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                expectEqual(try await client.rest().contains("HTTP"), false)
            }
            try await RawClient.connect(port: port) { client in expectEqual(try await client.rest(), "") }
        }
    }

    @Test func aSlowHeadIsAnsweredInsideTLS() async throws {
        try await withServer(try Fixture()) {
            $0.tls = files
            $0.limits.times.head = .seconds(3)
        } _: { port in
            try await RawClient.connect(port: port, trusting: certificate, protocols: ["http/1.1"]) { client in
                try await client.write("GET /healthz HTTP/1.1\r\nHost: loc")
                expectEqual(try await client.read(until: "\r\n").hasPrefix("HTTP/1.1 408"), true)
            }
        }
    }

    @Test func aPairThatCannotBeUsedStopsTheStart() async throws {
        try Data("nothing".utf8).write(to: URL(filePath: files.key))
        let error = await #expect(throws: ServerError.self) {
            var configuration = GatewayServer.Configuration()
            configuration.tls = files
            configuration.port = 0
            try await GatewayServer.probe(configuration)
        }
        #expect(error?.code == .certificate)
    }
}
