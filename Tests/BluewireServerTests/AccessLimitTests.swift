//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireWire
import HTTPTypes
import Synchronization
import Testing

@testable import BluewireServer

struct AccessLimitTests {
    private let clock = ManualClock()

    private func wait(_ body: () throws -> Void) -> Duration? {
        do {
            try body()
            return nil
        } catch {
            return (error as? RateLimited)?.wait
        }
    }

    @Test func aBurstIsTakenThenTheSteadyRate() {
        let limiter = RequestLimiter(elsewhere: .init(perSecond: 2, burst: 3), loopback: nil, clock: clock)
        for _ in 0..<3 { #expect(wait { try limiter.admit(address: "10.0.0.1") } == nil) }
        #expect(wait { try limiter.admit(address: "10.0.0.1") } == .milliseconds(500))
        #expect(wait { try limiter.admit(address: "10.0.0.2") } == nil)
        clock.advance(by: .milliseconds(500))
        #expect(wait { try limiter.admit(address: "10.0.0.1") } == nil)
        #expect(wait { try limiter.admit(address: "10.0.0.1") } != nil)
        clock.advance(by: .seconds(3600))
        for _ in 0..<3 { #expect(wait { try limiter.admit(address: "10.0.0.1") } == nil) }
        #expect(wait { try limiter.admit(address: "10.0.0.1") } != nil)
    }

    @Test func tokensAndAddressesAreCountedApart() {
        let limiter = RequestLimiter(elsewhere: .init(perSecond: 1, burst: 1), loopback: nil, clock: clock)
        #expect(wait { try limiter.admit(address: "10.0.0.1") } == nil)
        #expect(wait { try limiter.admit(token: "tok_a", address: "10.0.0.1") } == nil)
        #expect(wait { try limiter.admit(token: "tok_a", address: "10.0.0.2") } != nil)
        #expect(wait { try limiter.admit(token: "tok_b", address: "10.0.0.1") } == nil)
    }

    @Test func anotherRateHoldsForCallersThatAreKnown() {
        let rate = Mutex<RequestRate?>(RequestRate(perSecond: 1, burst: 1))
        let limiter = RequestLimiter(clock: clock) { _ in rate.withLock { $0 } }
        #expect(wait { try limiter.admit(address: "10.0.0.1") } == nil)
        #expect(wait { try limiter.admit(address: "10.0.0.1") } == .seconds(1))
        rate.withLock { $0 = RequestRate(perSecond: 10, burst: 2) }
        #expect(wait { try limiter.admit(address: "10.0.0.1") } == .milliseconds(100))
        clock.advance(by: .seconds(1))
        for _ in 0..<2 { #expect(wait { try limiter.admit(address: "10.0.0.1") } == nil) }
        #expect(wait { try limiter.admit(address: "10.0.0.1") } != nil)
        rate.withLock { $0 = nil }
        for _ in 0..<9 { #expect(wait { try limiter.admit(address: "10.0.0.1") } == nil) }
    }

    @Test func otherRulesHoldFromTheNextRequestOn() async throws {
        let controls = ServerControls(AccessRules(hosts: ["old.lan"]))
        let fixture = try Fixture()
        var context = fixture.context
        context.clock = clock
        let core = ServerCore(context: context, controls: controls)
        let headers: HTTPFields = [.authorization: "Bearer \(try await fixture.token())"]
        func caller(_ certificate: String?) async throws -> String {
            try await core.authenticator.principal(
                headers: headers, host: "localhost", peer: "10.0.0.1", certificate: certificate, isWebSocket: false
            ).id
        }
        #expect(core.origins.accepts(host: "old.lan"))
        #expect(controls.admits("10.0.0.1"))
        expectEqual(try await caller(nil).hasPrefix("tok_"), true)

        var limits = ServerLimits()
        limits.requests = RequestRate(perSecond: 1, burst: 1)
        limits.sockets = 1
        controls.replace(
            AccessRules(
                hosts: ["new.lan"], clients: ["pin": Principal(id: "cert_phone", scopes: [.read])], limits: limits,
                admits: { $0 != "10.0.0.1" }))
        #expect(!core.origins.accepts(host: "old.lan"))
        #expect(core.origins.accepts(host: "new.lan"))
        #expect(!controls.admits("10.0.0.1"))
        let problem = await #expect(throws: NativeProblem.self) { _ = try await caller(nil) }
        #expect(problem == .unknownCertificate)
        expectEqual(try await caller("pin").hasPrefix("tok_"), true)
        await #expect(throws: RateLimited.self) { _ = try await caller("pin") }
        let holder = Principal(id: "tok_a", scopes: [.read])
        #expect(throws: Never.self) { try core.sockets.enter(holder, address: "10.0.0.1") }
        #expect(throws: RateLimited.self) { try core.sockets.enter(holder, address: "10.0.0.1") }
    }

    @Test func thisMachineIsSlowedOnlyWhenAskedForAndTheSocketNever() {
        let rate = RequestRate(perSecond: 1, burst: 1)
        let standard = RequestLimiter(elsewhere: rate, loopback: nil, clock: clock)
        let strict = RequestLimiter(elsewhere: rate, loopback: rate, clock: clock)
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            for _ in 0..<5 { #expect(wait { try standard.admit(address: address) } == nil) }
        }
        #expect(wait { try strict.admit(address: "127.0.0.1") } == nil)
        #expect(wait { try strict.admit(address: "127.0.0.1") } != nil)
        for _ in 0..<5 { #expect(wait { try strict.admit(token: "local", address: nil) } == nil) }
    }

    @Test(arguments: [
        ("10.0.0.1", "::ffff:10.0.0.1", true), ("2001:db8::1", "2001:db8::ffff:1:2:3", true),
        ("2001:db8::1", "2001:db8:0:1::1", false), ("10.0.0.1", "10.0.0.2", false),
    ])
    func oneCallerIsOneKey(_ first: String, _ second: String, _ isSame: Bool) {
        #expect((ClientAddress(first).key == ClientAddress(second).key) == isSame)
    }

    @Test(arguments: [
        ("20/40", 20, 40), ("5", 5, 10), ("0.5/3", 0.5, 3), ("0.1", 0.1, 1),
    ])
    func ratesAreRead(_ text: String, _ rate: Double, _ burst: Int) {
        #expect(RequestRate(text) == RequestRate(perSecond: rate, burst: burst))
    }

    @Test(arguments: ["", "0", "-1", "x", "1/0", "1/2/3", "nan", "1/", "inf"])
    func otherRatesAreNone(_ text: String) {
        #expect(RequestRate(text) == nil)
    }

    @Test func guessingGetsSlowerAndSlower() {
        let failures = FailedAttempts(clock: clock)
        for _ in 0..<4 { failures.note("10.0.0.1") }
        #expect(failures.wait("10.0.0.1") == nil)
        failures.note("10.0.0.1")
        var waits: [Duration] = []
        for _ in 0..<8 {
            let wait = failures.wait("10.0.0.1") ?? .zero
            waits.append(wait)
            clock.advance(by: wait)
            #expect(failures.wait("10.0.0.1") == nil)
            failures.note("10.0.0.1")
        }
        #expect(waits == [15, 30, 60, 120, 240, 480, 900, 900].map { .seconds($0) })
        #expect(failures.wait("10.0.0.2") == nil)
        clock.advance(by: .seconds(1800))
        failures.note("10.0.0.1")
        #expect(failures.wait("10.0.0.1") == nil)
    }

    @Test func aFewFailuresAMinuteAreForgiven() {
        let failures = FailedAttempts(clock: clock)
        for _ in 0..<20 {
            for _ in 0..<4 { failures.note("10.0.0.1") }
            #expect(failures.wait("10.0.0.1") == nil)
            clock.advance(by: .seconds(60))
        }
    }

    @Test func socketsAreCountedByToken() throws {
        let counter = SocketCounter(elsewhere: 2, loopback: nil)
        let (one, two) = (Principal(id: "tok_1", scopes: []), Principal(id: "tok_2", scopes: []))
        try counter.enter(one, address: "10.0.0.1")
        try counter.enter(one, address: "10.0.0.2")
        #expect(throws: RateLimited.self) { try counter.enter(one, address: "10.0.0.3") }
        try counter.enter(two, address: "10.0.0.1")
        counter.leave(one)
        try counter.enter(one, address: "10.0.0.3")
        for _ in 0..<10 { try counter.enter(.owner, address: nil) }
        for _ in 0..<10 { try counter.enter(two, address: "127.0.0.1") }
    }

    @Test func secondsToWaitAreWholeAndNeverNone() {
        #expect(RateLimited(.tooManyRequests, wait: .milliseconds(1)).retryAfter == "1")
        #expect(RateLimited(.tooManyRequests, wait: .seconds(3)).retryAfter == "3")
        #expect(RateLimited(.tooManyRequests, wait: .milliseconds(3001)).retryAfter == "4")
    }

    @Test func cookiesOfATLSListenerAreSealed() throws {
        var headers = HTTPFields()
        headers[values: .setCookie] = ["a=1; HttpOnly", "b=2; Secure"]
        headers.secureCookies()
        #expect(headers[values: .setCookie] == ["a=1; HttpOnly; Secure", "b=2; Secure"])
    }
}
