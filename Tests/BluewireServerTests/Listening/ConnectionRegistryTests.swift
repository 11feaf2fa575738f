//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import NIOEmbedded
import Testing

@testable import BluewireServer

struct ConnectionRegistryTests {
    private func registry(_ total: Int, adjust: (inout ServerLimits) -> Void = { _ in }) -> ConnectionRegistry {
        var limits = ServerLimits()
        adjust(&limits)
        return ConnectionRegistry(limits, total: total, admits: { $0 != "192.0.2.66" })
    }

    @Test func theLongestIdleConnectionMakesRoom() throws {
        let registry = registry(2)
        let (first, second, third) = (EmbeddedChannel(), EmbeddedChannel(), EmbeddedChannel())
        for channel in [first, second, third] { try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait() }
        #expect(registry.admit(first, address: "10.0.0.1") == nil)
        #expect(registry.admit(second, address: "10.0.0.2") == nil)
        // The first has been used since; the second has waited longer.
        registry.note(first, isIdle: false)
        registry.note(first, isIdle: true)
        #expect(registry.admit(third, address: "10.0.0.3") == nil)
        #expect(first.isActive)
        #expect(!second.isActive)
        #expect(registry.count == 2)
    }

    @Test func whoHoldsTheMostMakesRoomFirst() throws {
        let registry = registry(5)
        let lone = EmbeddedChannel()
        let crowd = (0..<4).map { _ in EmbeddedChannel() }
        for channel in [lone] + crowd { try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait() }
        #expect(registry.admit(lone, address: "10.0.0.1") == nil)
        for channel in crowd { #expect(registry.admit(channel, address: "10.0.0.2") == nil) }
        for number in 0..<20 { #expect(registry.admit(EmbeddedChannel(), address: "10.0.0.\(2 + number % 2)") == nil) }
        #expect(lone.isActive)
        #expect(crowd.allSatisfy { !$0.isActive })
        #expect(registry.count == 5)
    }

    @Test func connectionsAtWorkAreNeverClosedForOthers() throws {
        let registry = registry(2)
        let (first, second) = (EmbeddedChannel(), EmbeddedChannel())
        for channel in [first, second] {
            #expect(registry.admit(channel, address: "10.0.0.1") == nil)
            registry.note(channel, isIdle: false)
        }
        #expect(registry.admit(EmbeddedChannel(), address: "10.0.0.2") == .fullHouse)
        registry.remove(second)
        #expect(registry.admit(EmbeddedChannel(), address: "10.0.0.2") == nil)
    }

    @Test func oneAddressHasItsShareAndLoopbackAllUnlessLimited() {
        let registry = registry(100) { $0.connectionsPerAddress = 2 }
        let held = (0..<2).map { _ in EmbeddedChannel() }
        for channel in held { #expect(registry.admit(channel, address: "10.0.0.1") == nil) }
        #expect(registry.admit(EmbeddedChannel(), address: "10.0.0.1") == .crowdedAddress)
        #expect(registry.admit(EmbeddedChannel(), address: "::ffff:10.0.0.1") == .crowdedAddress)
        registry.remove(held[0])
        #expect(registry.admit(EmbeddedChannel(), address: "10.0.0.1") == nil)
        let local = (0..<10).map { _ in EmbeddedChannel() }
        for channel in local { #expect(registry.admit(channel, address: "127.0.0.1") == nil) }
        for channel in local { #expect(registry.admit(channel, address: nil) == nil) }
    }

    @Test func strangersAreRefusedFirst() {
        #expect(registry(0).admit(EmbeddedChannel(), address: "192.0.2.66") == .foreignAddress)
    }

    @Test func manyComingsAndGoingsLeaveNothingBehind() {
        let registry = registry(8)
        for round in 0..<5000 {
            let channel = EmbeddedChannel()
            _ = registry.admit(channel, address: "10.0.\(round % 7).1")
            registry.note(channel, isIdle: false)
            registry.note(channel, isIdle: true)
            registry.remove(channel)
            registry.remove(channel)
        }
        #expect(registry.count == 0)
    }

    @Test func certificatesAreFoundByConnection() {
        let registry = registry(8)
        let (shown, other) = (EmbeddedChannel(), EmbeddedChannel())
        for channel in [shown, other] { _ = registry.admit(channel, address: "10.0.0.1") }
        registry.note(shown, certificate: "pin")
        #expect(registry.certificate(of: shown) == "pin")
        #expect(registry.certificate(of: other) == nil)
        registry.remove(shown)
        #expect(registry.certificate(of: shown) == nil)
    }
}
