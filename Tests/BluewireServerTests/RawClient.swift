//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import BluewireServer

/// A client that writes and reads bytes, so that tests see what really travels.
struct RawClient: ~Copyable {
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var buffer = ByteBuffer()

    /// A frame of a WebSocket.
    struct Frame: Hashable {
        var opcode: UInt8
        var payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    /// Connects, and closes at the end of `body`.
    ///
    /// - Parameter trusting: the certificate to speak TLS with; nil for plain TCP.
    static func connect(
        port: Int, trusting certificate: NIOSSLCertificate? = nil, protocols: [String] = [],
        _ body: (inout RawClient) async throws -> Void
    ) async throws {
        let context = try certificate.map { certificate in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates([certificate])
            configuration.applicationProtocols = protocols
            return try NIOSSLContext(configuration: configuration)
        }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var client = RawClient(iterator: inbound.makeAsyncIterator(), outbound: outbound)
            try await body(&client)
        }
    }

    private init(
        iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.iterator = iterator
        self.outbound = outbound
    }

    mutating func write(bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    mutating func write(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Reads up to and including `mark`; what came so far at the end of the stream.
    mutating func read(until mark: String) async throws -> String {
        let bytes = Array(mark.utf8)
        while true {
            let view = Array(buffer.readableBytesView)
            if let end = view.indices.first(where: { view[$0...].starts(with: bytes) }) {
                return buffer.readString(length: end + bytes.count) ?? ""
            }
            guard try await fill() else { return buffer.readString(length: buffer.readableBytes) ?? "" }
        }
    }

    /// Everything until the other end closes; a connection that breaks ends there, too.
    mutating func rest() async throws -> String {
        while (try? await fill()) == true {}
        return buffer.readString(length: buffer.readableBytes) ?? ""
    }

    /// The next so many bytes.
    mutating func bytes(_ count: Int) async throws -> [UInt8] {
        while buffer.readableBytes < count { guard try await fill() else { break } }
        return buffer.readBytes(length: min(count, buffer.readableBytes)) ?? []
    }

    /// Asks for a WebSocket; returns the head of the answer.
    mutating func upgrade(_ target: String, token: String?, headers: String = "Host: localhost\r\n") async throws
        -> String
    {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        try await write(
            "GET \(target) HTTP/1.1\r\n\(headers)\(authorization)Connection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        return try await read(until: "\r\n\r\n")
    }

    /// The next frame; nil at the end of the connection.
    ///
    /// Heartbeats are passed over: they come when time passes, which a busy machine lets it do.
    mutating func frame() async throws -> Frame? {
        while true {
            if let frame = parse() {
                if frame.opcode != 9 { return frame }
            } else {
                guard try await fill() else { return nil }
            }
        }
    }

    /// Sends a frame, masked with zeros.
    mutating func send(opcode: UInt8, _ payload: [UInt8] = []) async throws {
        try await outbound.write(ByteBuffer(bytes: [0x80 | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload))
    }

    private mutating func fill() async throws -> Bool {
        guard var more = try await iterator.next(isolation: #isolation) else { return false }
        buffer.writeBuffer(&more)
        return true
    }

    private mutating func parse() -> Frame? {
        var copy = buffer
        guard let first = copy.readInteger(as: UInt8.self), let second = copy.readInteger(as: UInt8.self) else {
            return nil
        }
        var length = Int(second & 127)
        if length == 126 {
            guard let long = copy.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        } else if length == 127 {
            guard let long = copy.readInteger(as: UInt64.self) else { return nil }
            length = Int(long)
        }
        guard let payload = copy.readBytes(length: length) else { return nil }
        buffer = copy
        return Frame(opcode: first & 15, payload: payload)
    }
}

/// A place for one value that a closure brings out.
final class Mailbox<Value: Sendable>: Sendable {
    private let content = Mutex<Value?>(nil)

    var value: Value? { content.withLock { $0 } }

    func put(_ value: Value) { content.withLock { $0 = value } }
}

/// Runs a server on a free port for the length of `body`.
func withServer(
    _ fixture: Fixture, adjust: (inout GatewayServer.Configuration) -> Void = { _ in },
    _ body: @Sendable (_ port: Int) async throws -> Void
) async throws {
    let (ports, signal) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(1))
    var configuration = GatewayServer.Configuration()
    configuration.port = 0
    configuration.onReady = { port in
        signal.yield(port)
        signal.finish()
    }
    adjust(&configuration)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = GatewayServer(configuration: configuration, context: fixture.context, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            // Also when it cannot listen: whoever waits for the port must not wait for ever.
            defer { signal.finish() }
            do {
                try await server.run()
            } catch is CancellationError {}
        }
        var found: Int?
        for await port in ports { found = port }
        guard let found else {
            try await group.waitForAll()
            return
        }
        do {
            try await body(found)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        try await group.waitForAll()
    }
}
