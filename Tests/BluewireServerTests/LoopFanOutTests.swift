//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BluewireServer

/// An event loop that feeds its readers.
@Suite(.timeLimit(.minutes(1))) struct LoopFanOutTests {
    /// Makes every turn bring the next, so that a loop could be busy with them alone.
    private final class Chain: Sendable {
        static let length = 1000
        private let state = Mutex<(feed: EventFeed?, turns: Int)>((nil, 0))

        var turns: Int { state.withLock { $0.turns } }

        func begin(_ feed: EventFeed) {
            state.withLock { $0.feed = feed }
            feed.publishLive(event)
        }

        func render() -> [UInt8] {
            let feed = state.withLock { state in
                state.turns += 1
                return state.turns < Self.length ? state.feed : nil
            }
            feed?.publishLive(event)
            return Array("{}".utf8)
        }

        private var event: GatewayEvent {
            GatewayEvent(
                id: "typing", cursor: Cursor(epoch: "0000000a", sequence: 0),
                kind: .typingStarted,
                time: Timestamp(seconds: 0), line: LineID(rawValue: "me"), chat: nil,
                snapshot: .line(state: "typing", reason: nil))
        }
    }

    /// Tells where bytes can be written once the connection is there.
    private final class Door: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let opened: EventLoopPromise<NIOLoopBound<ChannelHandlerContext>>

        init(_ opened: EventLoopPromise<NIOLoopBound<ChannelHandlerContext>>) { self.opened = opened }

        func channelActive(context: ChannelHandlerContext) {
            opened.succeed(NIOLoopBound(context, eventLoop: context.eventLoop))
        }
    }

    /// Tells how many turns there were before its loop looked at its socket.
    private final class Look: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let chain: Chain
        let turns: EventLoopPromise<Int>

        init(_ chain: Chain, _ turns: EventLoopPromise<Int>) { (self.chain, self.turns) = (chain, turns) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { turns.succeed(chain.turns) }
    }

    @Test func aLoopLooksAtItsSocketsBetweenTurns() async throws {
        let fixture = try Fixture()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let chain = Chain()
        let feed = EventFeed(journal: fixture.journal) { _ in chain.render() }
        let position = feed.position()
        let opened = group.any().makePromise(of: NIOLoopBound<ChannelHandlerContext>.self)
        let looked = group.any().makePromise(of: Int.self)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { $0.pipeline.addHandler(Door(opened)) }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: group)
            .channelInitializer { $0.pipeline.addHandler(Look(chain, looked)) }
            .connect(to: try #require(server.localAddress)).get()
        let frames = try await opened.futureResult.get()
        let channel = try await group.any().submit { frames.value.channel }.get()
        let reader = LiveReader(
            channel, EventSelection(caller: Principal(id: "test", scopes: [.read])), frames: frames)
        chain.begin(feed)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { _ = await feed.feed(reader, from: position) }
            let turns = try await looked.futureResult.get()
            #expect(turns < Chain.length)
            try await client.close()
            try await tasks.waitForAll()
        }
        try await server.close()
        try await group.shutdownGracefully()
    }

    @Test func aReaderThatComesAfterTheEndIsSentAway() async throws {
        let fixture = try Fixture()
        let feed = EventFeed(journal: fixture.journal, render: fixture.context.render)
        let position = feed.position()
        feed.finish()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let reader = LiveReader(server, EventSelection(caller: Principal(id: "test", scopes: [.read])))
        guard case .ended = await feed.feed(reader, from: position) else {
            Issue.record("the reader is fed")
            return
        }
        try await server.close()
    }
}
