//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import GRDB
import Testing

@Suite struct TokenRepositoryTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let state: StateDatabase
    private let tokens: TokenRepository

    init() throws {
        folder = try TemporaryFolder()
        state = try StateDatabase(path: folder.file("state.db"))
        tokens = state.tokens(clock: clock)
    }

    @Test func tokenIsVerifiedAndItsSecretIsNotStored() async throws {
        let (token, secret) = try await tokens.create(name: "app", scopes: [.read, .send], chats: [Samples.chat])
        #expect(secret.hasPrefix("bw_"))
        #expect(secret.utf8.count == 46)
        let principal = try #require(try await tokens.verify(secret))
        #expect(principal.id == token.id)
        #expect(principal.may(.send))
        #expect(!principal.may(.manage))
        #expect(principal.sees(Samples.chat))
        #expect(!principal.sees(ChatID(rawValue: "ch_other")))
        let stored = try await state.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM token").map { "\($0)" }.joined()
        }
        #expect(!stored.contains(secret.dropFirst(3)))
    }

    @Test(arguments: ["", "bw_", "bw_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "bws_x", "Bearer"])
    func wrongSecretIsNobody(_ secret: String) async throws {
        _ = try await tokens.create(name: "app", scopes: Scope.all)
        #expect(try await tokens.verify(secret) == nil)
    }

    @Test func oneChangedCharacterIsNobody() async throws {
        let (_, secret) = try await tokens.create(name: "app", scopes: Scope.all)
        let changed = secret.dropLast() + (secret.last == "A" ? "B" : "A")
        #expect(try await tokens.verify(String(changed)) == nil)
    }

    @Test func whatAnotherProcessRevokesIsNoticedAfterASecond() async throws {
        let (token, secret) = try await tokens.create(name: "app", scopes: Scope.all)
        #expect(try await tokens.verify(secret)?.id == token.id)
        let other = try StateDatabase(path: folder.file("state.db")).tokens(clock: clock)
        #expect(try await other.revoke(token.id))
        clock.advance(by: .seconds(1))
        #expect(try await tokens.verify(secret) == nil)
    }

    @Test func aTokenThatWasJustUsedEndsOnTime() async throws {
        let (token, secret) = try await tokens.create(
            name: "app", scopes: Scope.all, expiresAt: clock.now + .milliseconds(500))
        #expect(try await tokens.verify(secret)?.id == token.id)
        clock.advance(by: .milliseconds(500))
        #expect(try await tokens.verify(secret) == nil)
    }

    @Test func aTokenThatWasJustUsedIsRefusedOnceRevoked() async throws {
        let (token, secret) = try await tokens.create(name: "app", scopes: Scope.all)
        #expect(try await tokens.verify(secret)?.id == token.id)
        #expect(try await tokens.revoke(token.id))
        #expect(try await tokens.verify(secret) == nil)
    }

    @Test func tokenEndsWhenItExpiresOrIsRevoked() async throws {
        let (_, short) = try await tokens.create(
            name: "short", scopes: [.read], expiresAt: clock.now + .seconds(60))
        let (token, long) = try await tokens.create(name: "long", scopes: [.read])
        clock.advance(by: .seconds(60))
        #expect(try await tokens.verify(short) == nil)
        #expect(try await tokens.verify(long) != nil)
        #expect(try await tokens.revoke(token.id))
        #expect(try await tokens.revoke(token.id) == false)
        #expect(try await tokens.verify(long) == nil)
        #expect(try await tokens.list().first { $0.id == token.id }?.revokedAt == clock.now)
    }

    @Test func useIsNotedAtMostEveryTenMinutes() async throws {
        let (token, secret) = try await tokens.create(name: "app", scopes: [.read])
        func lastUse() async throws -> Timestamp? { try await tokens.list().first { $0.id == token.id }?.lastUsedAt }
        let first = clock.now
        _ = try await tokens.verify(secret)
        clock.advance(by: .seconds(599))
        _ = try await tokens.verify(secret)
        #expect(try await lastUse() == first)
        clock.advance(by: .seconds(2))
        _ = try await tokens.verify(secret)
        #expect(try await lastUse() == clock.now)
    }

    @Test func loginCodeOpensOneSession() async throws {
        let code = try await tokens.createLoginCode(scopes: Scope.all)
        let opened = try #require(try await tokens.openSession(code: code))
        #expect(opened.principal.isSession)
        #expect(try await tokens.openSession(code: code) == nil)
        #expect(try await tokens.verify(opened.secret) == opened.principal)
        // The code itself is no token.
        #expect(try await tokens.verify(code) == nil)
        try await tokens.closeSession(opened.principal.id)
        #expect(try await tokens.verify(opened.secret) == nil)
    }

    @Test func aPairingCodeBecomesOneTokenAsItWasOffered() async throws {
        let end = clock.now + .seconds(86_400)
        let offer = try await tokens.createPairingCode(
            for: .init(name: "phone", scopes: [.read], chats: [Samples.chat], expiresAt: end))
        // 128 bits in base64url.
        #expect(offer.code.hasPrefix("bwp_"))
        #expect(offer.code.utf8.count == 26)
        #expect(offer.expiresAt == clock.now + .seconds(600))
        #expect(try await tokens.verify(offer.code) == nil)
        let stored = try await state.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM loginCode").map { "\($0)" }.joined()
        }
        #expect(!stored.contains(offer.code.dropFirst(4)))
        let made = try #require(try await tokens.pair(code: offer.code))
        #expect(try await tokens.pair(code: offer.code) == nil)
        #expect(made.token.name == "phone")
        #expect(made.token.expiresAt == end)
        let principal = try #require(try await tokens.verify(made.secret))
        #expect(principal.id == made.token.id)
        #expect(principal.chats == [Samples.chat])
        #expect(principal.may(.messagesRead) && !principal.may(.messagesSend))
        #expect(
            try await tokens.list()
                == [made.token].map { token in
                    var token = token
                    token.lastUsedAt = clock.now
                    return token
                })
        clock.advance(by: .seconds(86_400))
        #expect(try await tokens.verify(made.secret) == nil)
    }

    @Test func aPairingCodeEndsAndNeitherKindOfCodeStandsForTheOther() async throws {
        let late = try await tokens.createPairingCode(for: .init(name: "phone", scopes: Scope.all))
        clock.advance(by: .seconds(600))
        #expect(try await tokens.pair(code: late.code) == nil)
        let login = try await tokens.createLoginCode(scopes: Scope.all)
        let offer = try await tokens.createPairingCode(for: .init(name: "phone", scopes: Scope.all))
        #expect(try await tokens.pair(code: login) == nil)
        #expect(try await tokens.openSession(code: offer.code) == nil)
        // Neither was used up by the wrong door.
        #expect(try await tokens.openSession(code: login) != nil)
        #expect(try await tokens.pair(code: offer.code) != nil)
        #expect(try await tokens.pair(code: "") == nil)
    }

    @Test func loginCodeAndSessionEnd() async throws {
        let late = try await tokens.createLoginCode(scopes: Scope.all)
        let used = try await tokens.createLoginCode(scopes: [.read])
        let session = try #require(try await tokens.openSession(code: used))
        clock.advance(by: .seconds(600))
        #expect(try await tokens.openSession(code: late) == nil)
        clock.advance(by: .seconds(30 * 86_400))
        #expect(try await tokens.verify(session.secret) == nil)
    }
}
