//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import BluewireServer

struct RouteTests {
    private struct Answer {
        var status: Int
        var headers: HTTPFields
        var body: [UInt8]

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body))
        }
    }

    private func call(
        _ fixture: Fixture, _ method: HTTPRequest.Method, _ path: String, token: String? = nil,
        headers: HTTPFields = [:], body: String? = nil
    ) async throws -> Answer {
        let core = ServerCore(context: fixture.context)
        let application = Application(router: core.router())
        var fields = headers
        if let token { fields[.authorization] = "Bearer " + token }
        return try await application.test(.live) { [fields] client in
            try await client.execute(
                uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) }
            ) { response in
                Answer(
                    status: response.status.code, headers: response.headers,
                    body: Array(response.body.readableBytesView))
            }
        }
    }

    @Test(arguments: RouteTable.all.filter(\.contract.isListed))
    func eachRouteAsksForItsScope(_ route: Route) async throws {
        guard case .scope(let scope) = route.access else { return }
        let fixture = try Fixture()
        let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "x" : $0 }.joined(separator: "/")
        let anonymous = try await call(fixture, route.method, "/" + path)
        #expect(anonymous.status == 401)
        expectEqual(try anonymous.decode(NativeProblem.self).code, "unauthorized")
        let wrong = try await call(fixture, route.method, "/" + path, token: "bw_wrong")
        #expect(wrong.status == 401)
        let others = Set(Scope.single).subtracting([scope])
        let lacking = try await call(fixture, route.method, "/" + path, token: try await fixture.token(others))
        #expect(lacking.status == 403)
        expectEqual(try lacking.decode(NativeProblem.self).code, "missing_scope")
        // With that scope alone nobody asks for another: whatever is wrong then is not the scope.
        guard route.path != "/v1/events" else { return }
        let alone = try await call(
            fixture, route.method, "/" + path, token: try await fixture.token([scope]), body: "{")
        #expect(alone.status != 401 && alone.status != 403)
    }

    @Test
    func bundlesHoldEveryScopeOfTheTable() {
        let asked = Set(
            RouteTable.all.compactMap { route in if case .scope(let scope) = route.access { scope } else { nil } })
        let allowed = Scope.all.reduce(into: Set<Scope>()) { $0.formUnion($1.expanded) }
        #expect(asked.isSubset(of: allowed))
        #expect(Set(Scope.single).isSubset(of: allowed))
    }

    @Test(arguments: [
        ("/v1/chats?limt=5", "limt"), ("/v1/chats?limit=0", "limit"), ("/v1/chats?limit=5&limit=6", "limit"),
        ("/v1/sends?state=gone", "state"), ("/v1/chats?filtered=yes", "filtered"), ("/v1/lines?x=1", "x"),
    ])
    func queryItemsNobodyReadsAreRefused(_ path: String, _ name: String) async throws {
        let fixture = try Fixture()
        let answer = try await call(fixture, .get, path, token: try await fixture.token())
        #expect(answer.status == 400)
        #expect(try answer.decode(NativeProblem.self).detail.contains(name))
    }

    @Test(arguments: ["/v1/chats", "/v1/messages/M-1/tapbacks", "/openapi.json", "/"])
    func aMethodThePathDoesNotTakeIsRefusedWithThoseItTakes(_ path: String) async throws {
        let fixture = try Fixture()
        let answer = try await call(fixture, .put, path, token: try await fixture.token())
        #expect(answer.status == 405)
        let allowed = try #require(answer.headers[.allow])
        #expect(RouteTable.all.contains { allowed.contains($0.method.rawValue) })
        expectEqual(try await call(fixture, .put, "/v1/nothing").status, 404)
    }

    @Test
    func tokensAreMadeWithinTheRightsOfTheirMaker() async throws {
        let fixture = try Fixture()
        let owner = try await fixture.token()
        let made = try await call(
            fixture, .post, "/v1/tokens", token: owner,
            body: #"{"name":"bot","scopes":["messages:read"],"chats":["+15551110001"]}"#)
        #expect(made.status == 201)
        let token = try made.decode(NativeToken.self)
        #expect(token.chats == ["ch_a"])
        let secret = try #require(token.secret)
        expectEqual(try await call(fixture, .get, "/v1/chats/ch_a/messages", token: secret).status, 200)
        expectEqual(try await call(fixture, .get, "/v1/chats/ch_b/messages", token: secret).status, 404)
        expectEqual(try await call(fixture, .post, "/v1/messages", token: secret, body: "{}").status, 403)
        let admin = try await fixture.token([.admin])
        let more = try await call(
            fixture, .post, "/v1/tokens", token: admin, body: #"{"name":"more","scopes":["send"]}"#)
        #expect(more.status == 403)
        let unknown = try await call(
            fixture, .post, "/v1/tokens", token: owner, body: #"{"name":"odd","scopes":["fly"]}"#)
        #expect(unknown.status == 422)
        expectEqual(try await call(fixture, .delete, "/v1/tokens/\(token.id)", token: owner).status, 204)
        expectEqual(try await call(fixture, .get, "/v1/chats/ch_a/messages", token: secret).status, 401)
        expectEqual(try await call(fixture, .delete, "/v1/tokens/\(token.id)", token: owner).status, 404)
    }

    @Test
    func aPairingCodeGivesItsTokenOnceAndEveryBadOneTheSameAnswer() async throws {
        let fixture = try Fixture()
        var context = fixture.context
        let audit = AuditTrail(fixture.state)
        context.audit = audit
        let core = ServerCore(context: context)
        let offers = fixture.state.tokens()
        let offer = try await offers.createPairingCode(
            for: .init(name: "phone", scopes: [.messagesRead], chats: [ChatID(rawValue: "ch_a")]))
        func pair(_ code: String, headers: HTTPFields = [:]) async throws -> Answer {
            try await Application(router: core.router()).test(.live) { client in
                try await client.execute(
                    uri: "/v1/pair", method: .post, headers: headers,
                    body: ByteBuffer(string: #"{"code":"\#(code)"}"#)
                ) { Answer(status: $0.status.code, headers: $0.headers, body: Array($0.body.readableBytesView)) }
            }
        }
        expectEqual(try await pair(offer.code, headers: [.origin: "http://evil.example"]).status, 403)
        let made = try await pair(offer.code)
        #expect(made.status == 201)
        let token = try made.decode(NativeToken.self)
        #expect(token.name == "phone")
        #expect(token.scopes == ["messages:read"])
        #expect(token.chats == ["ch_a"])
        let secret = try #require(token.secret)
        expectEqual(try await call(fixture, .get, "/v1/chats/ch_a/messages", token: secret).status, 200)
        expectEqual(try await call(fixture, .get, "/v1/chats/ch_b/messages", token: secret).status, 404)

        let login = try await offers.createLoginCode(scopes: Scope.all)
        let bad = [offer.code, "bwp_AAAAAAAAAAAAAAAAAAAAAA", login, secret]
        var answers: [Answer] = []
        for code in bad { answers.append(try await pair(code)) }
        #expect(answers.allSatisfy { $0.status == 401 && $0.body == answers[0].body })
        // A fifth failure is the last without a wait, which holds for good codes as well.
        expectEqual(try await pair("x").status, 401)
        let good = try await offers.createPairingCode(for: .init(name: "late", scopes: [.read]))
        let limited = try await pair(good.code)
        #expect(limited.status == 429)
        #expect(limited.headers[.retryAfter] != nil)

        try await audit.write(endsWindows: true)
        let trail = try await fixture.state.audit.list().filter { $0.action == "pair" }
        #expect(trail.map(\.outcome).sorted() == ["allowed"] + Array(repeating: "denied", count: 7))
        #expect(trail.first { $0.outcome == "allowed" }?.object == token.id)
        let text = trail.map { "\($0)" }.joined()
        #expect(![offer.code, secret, login, good.code].contains { text.contains($0) })
    }

    @Test
    func sendsAndDraftsOfOtherChatsDoNotFillTheList() async throws {
        let fixture = try Fixture()
        let agents = fixture.state.agents()
        let line = LineID(rawValue: "me")
        for chat in ["ch_b"] + Array(repeating: "ch_a", count: 100) {
            let chat = ChatID(rawValue: chat)
            let action = Send.Action.message(Draft(text: "hi"))
            _ = try await fixture.outbox.submit(
                SendRequest(recipient: .chat(chat), line: line, action: action, origin: "test"))
            _ = try await agents.addDraft(agent: "a", chat: chat, line: line, message: nil, action: action)
        }
        let token = try await fixture.token(chats: [ChatID(rawValue: "ch_b")])
        let sends = try await call(fixture, .get, "/v1/sends?limit=5", token: token)
        #expect(try sends.decode(NativeList<NativeSend>.self).data.map(\.id) == ["sn_1"])
        let drafts = try await call(fixture, .get, "/v1/drafts", token: token)
        #expect(try drafts.decode(NativeList<NativeDraft>.self).data.map(\.chat) == ["ch_b"])
        let others = try await call(fixture, .get, "/v1/sends?limit=5", token: try await fixture.token())
        #expect(try others.decode(NativeList<NativeSend>.self).data.count == 5)
    }

    @Test
    func whatIsOutsideTheListOfChatsDoesNotExist() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token(chats: [ChatID(rawValue: "ch_b")])
        expectEqual(try await call(fixture, .get, "/v1/chats/ch_a", token: token).status, 404)
        expectEqual(try await call(fixture, .get, "/v1/chats/ch_b", token: token).status, 200)
        expectEqual(try await call(fixture, .get, "/v1/messages/M-1", token: token).status, 404)
        let list = try await call(fixture, .get, "/v1/chats", token: token).decode(NativeList<NativeChat>.self)
        #expect(list.data.map(\.id) == ["ch_b"])
        let sent = try await call(
            fixture, .post, "/v1/messages", token: token, body: #"{"to":"+15551110001","text":"hi"}"#)
        #expect(sent.status == 404)
        let stranger = try await call(
            fixture, .post, "/v1/messages", token: token, body: #"{"to":"+15559999999","text":"hi"}"#)
        #expect(stranger.status == 404)
        #expect(fixture.outbox.requests.isEmpty)
    }

    @Test
    func chatsAreFoundByAnyNameAndAmbiguityNamesCandidates() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        for name in ["ch_a", "any;-;+15551110001", "any%3B-%3B%2B15551110001", "%2B15551110001"] {
            expectEqual(try await call(fixture, .get, "/v1/chats/\(name)", token: token).status, 200)
        }
        let both = try await call(fixture, .get, "/v1/chats/both", token: token)
        #expect(both.status == 409)
        expectEqual(try both.decode(NativeProblem.self).candidates, ["ch_a", "ch_b"])
    }

    @Test
    func messagesArePagedByCursor() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let path = "/v1/chats/ch_a/messages?limit=2"
        let first = try await call(fixture, .get, path, token: token).decode(NativeList<NativeMessage>.self)
        #expect(first.data.map(\.id) == ["M-5", "M-4"])
        let next = try #require(first.next)
        let second = try await call(fixture, .get, "\(path)&before=\(next)", token: token)
        expectEqual(try second.decode(NativeList<NativeMessage>.self).data.map(\.id), ["M-3", "M-2"])
        expectEqual(try await call(fixture, .get, "\(path)&before=0.1.9", token: token).status, 410)
        expectEqual(try await call(fixture, .get, "\(path)&before=x", token: token).status, 400)
        expectEqual(try await call(fixture, .get, "/v1/chats?limit=1001", token: token).status, 400)
    }

    @Test
    func aSendIsAcceptedWithItsKeyAndOrigin() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let answer = try await call(
            fixture, .post, "/v1/messages", token: token, headers: [.idempotencyKey: "k1"],
            body: #"{"chat":"ch_a","text":"hi","replyTo":"M-1"}"#)
        #expect(answer.status == 202)
        expectEqual(try answer.decode(NativeSend.self).state, "queued")
        let request = try #require(fixture.outbox.requests.first)
        #expect(request.key == "k1")
        #expect(request.origin.hasPrefix("tok_"))
        #expect(request.recipient == .chat(ChatID(rawValue: "ch_a")))
    }

    @Test(arguments: [
        (#"{"chat":"ch_a","text":"hi","typo":1}"#, 400), (#"{"text":"hi"}"#, 400), (#"{"chat":"ch_a","to":"x"}"#, 400),
        ("[]", 400), ("{", 400), (#"{"chat":"ch_a","files":["/etc/passwd"]}"#, 403), (#"{"chat":"ch_a"}"#, 422),
        (#"{"chat":"nobody","text":"hi"}"#, 404),
    ])
    func badSendsAreRefusedWithARemedy(_ body: String, _ status: Int) async throws {
        let fixture = try Fixture()
        let answer = try await call(fixture, .post, "/v1/messages", token: try await fixture.token(), body: body)
        #expect(answer.status == status)
        #expect(answer.headers[.contentType] == "application/problem+json")
        expectEqual(try answer.decode(NativeProblem.self).remedy.isEmpty, false)
        #expect(fixture.outbox.requests.isEmpty)
    }

    @Test
    func aBodyOverOneMegabyteIsRefused() async throws {
        let fixture = try Fixture()
        let body = #"{"chat":"ch_a","text":""# + String(repeating: "a", count: 1_100_000) + "\"}"
        expectEqual(
            try await call(fixture, .post, "/v1/messages", token: try await fixture.token(), body: body).status, 413)
    }

    @Test
    func aCodeOpensOneSessionAndItsCookieIsBoundToThePage() async throws {
        let fixture = try Fixture()
        let code = try await fixture.state.tokens().createLoginCode(scopes: Scope.all)
        let opened = try await call(fixture, .post, "/v1/session", body: "{\"token\":\"\(code)\"}")
        #expect(opened.status == 204)
        let cookie = try #require(opened.headers[.setCookie])
        #expect(cookie.contains("HttpOnly"))
        #expect(cookie.contains("SameSite=Strict"))
        let pair = String(cookie.prefix { $0 != ";" })
        expectEqual(try await call(fixture, .get, "/v1/chats", headers: [.cookie: pair]).status, 200)
        let foreign = try await call(
            fixture, .get, "/v1/chats", headers: [.cookie: pair, .origin: "http://evil.example"])
        #expect(foreign.status == 403)
        expectEqual(try await call(fixture, .post, "/v1/session", body: "{\"token\":\"\(code)\"}").status, 401)
        expectEqual(try await call(fixture, .delete, "/v1/session", headers: [.cookie: pair]).status, 204)
        expectEqual(try await call(fixture, .get, "/v1/chats", headers: [.cookie: pair]).status, 401)
    }

    @Test
    func everyAnswerCarriesTheProtectiveHeaders() async throws {
        let fixture = try Fixture()
        for path in ["/healthz", "/nothing", "/v1/chats"] {
            let answer = try await call(fixture, .get, path)
            #expect(answer.headers[.contentSecurityPolicy] == "default-src 'none'")
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(answer.headers[.referrerPolicy] == "no-referrer")
        }
        let page = try await call(fixture, .get, "/")
        #expect(page.headers[.contentSecurityPolicy] == PageRoutes.policy)
        let tag = try #require(page.headers[.eTag])
        expectEqual(try await call(fixture, .get, "/", headers: [.ifNoneMatch: tag]).status, 304)
    }

    @Test
    func webhooksShowTheirSecretOnce() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let made = try await call(
            fixture, .post, "/v1/webhooks", token: token,
            body: #"{"url":"http://127.0.0.1:1/hook","types":["message.created"]}"#)
        #expect(made.status == 201)
        let webhook = try made.decode(NativeWebhook.self)
        #expect(webhook.secret?.hasPrefix("whsec_") == true)
        let read = try await call(fixture, .get, "/v1/webhooks/\(webhook.id)", token: token)
        expectEqual(try read.decode(NativeWebhook.self).secret, nil)
        expectEqual(try await call(fixture, .delete, "/v1/webhooks/\(webhook.id)", token: token).status, 204)
        expectEqual(try await call(fixture, .get, "/v1/webhooks/\(webhook.id)", token: token).status, 404)
    }

    @Test
    func traceListsTheEventsOfAMessage() async throws {
        let fixture = try Fixture()
        try await fixture.append(["M-1"])
        let answer = try await call(fixture, .get, "/v1/trace/M-1", token: try await fixture.token())
        expectEqual(try answer.decode(NativeList<NativeTraceStep>.self).data.map(\.step), ["message", "event"])
    }

    @Test
    func aCursorOfAnotherLifeIsExpired() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let answer = try await call(fixture, .get, "/v1/events?cursor=ffffffff-1", token: token)
        #expect(answer.status == 410)
        expectEqual(try answer.decode(NativeProblem.self).code, "cursor_expired")
        expectEqual(try await call(fixture, .get, "/v1/events?cursor=zz", token: token).status, 400)
    }
}
