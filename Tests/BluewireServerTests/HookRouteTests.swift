//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import HTTPTypes
import Testing

@testable import BluewireServer

@Suite struct HookRouteTests {
    private func make(
        _ fixture: Fixture, token: String? = nil, _ settings: String = ""
    ) async throws -> NativeHook {
        let token = if let token { token } else { try await fixture.token() }
        let answer = try await fixture.call(
            .post, "/v1/hooks", token: token, json: "{\"name\":\"test\",\"chat\":\"ch_a\"\(settings)}")
        #expect(answer.status == 201)
        return try answer.decode()
    }

    private func texts(_ fixture: Fixture) -> [String] {
        fixture.outbox.requests.map { if case .message(let draft) = $0.action { draft.text } else { "" } }
    }

    @Test
    func theSecretIsShownOnceAndOpensTheHook() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let hook = try await make(fixture, token: token)
        let url = try #require(hook.url)
        #expect(url == "/v1/hooks/" + (hook.secret ?? ""))
        let again = try await fixture.call(.get, "/v1/hooks/\(hook.id)", token: token).decode(NativeHook.self)
        #expect(again.secret == nil)
        #expect(again.url == nil)
        let answer = try await fixture.call(.post, url, body: Array("hello".utf8))
        #expect(answer.status == 202)
        let receipt: NativeHookReceipt = try answer.decode()
        #expect(receipt == NativeHookReceipt(state: "sent", send: "sn_1"))
        #expect(texts(fixture) == ["hello"])
        expectEqual(fixture.outbox.requests.first?.origin, "hook:" + hook.id)
        let rotated = try await fixture.call(.post, "/v1/hooks/\(hook.id)/secret", token: token).decode(NativeHook.self)
        let other = try #require(rotated.url)
        #expect(other != url)
        expectEqual(try await fixture.call(.post, url, body: Array("hello".utf8)).status, 404)
        expectEqual(try await fixture.call(.post, other, body: Array("again".utf8)).status, 202)
        expectEqual(try await fixture.call(.delete, "/v1/hooks/\(hook.id)", token: token).status, 204)
        expectEqual(try await fixture.call(.post, other, body: Array("hello".utf8)).status, 404)
    }

    @Test(arguments: ["bwh_wrong", "hk_wrong", "x"])
    func aWrongSecretIsLikeNoHookAndCountsAsAFailure(_ secret: String) async throws {
        let fixture = try Fixture()
        let hook = try await make(fixture)
        let wrong = try await fixture.call(.post, "/v1/hooks/\(secret)", body: Array("x".utf8))
        #expect(wrong.status == 404)
        // The id of a hook is no secret and opens nothing.
        let byName = try await fixture.call(.post, "/v1/hooks/\(hook.id)", body: Array("x".utf8))
        expectEqual(byName.body, wrong.body)
        #expect(fixture.outbox.requests.isEmpty)
    }

    @Test
    func aKeyIsSentOnceAndHeldEventsSayUntilWhen() async throws {
        let fixture = try Fixture()
        let url = try #require(try await make(fixture).url)
        for state in ["sent", "duplicate"] {
            let answer = try await fixture.call(.post, url, headers: [.idempotencyKey: "k"], body: Array("x".utf8))
            expectEqual(try answer.decode(NativeHookReceipt.self).state, state)
        }
        let digest = try #require(try await make(fixture, ",\"digestMinutes\":5").url)
        let held = try await fixture.call(.post, digest, body: Array("x".utf8)).decode(NativeHookReceipt.self)
        #expect(held.state == "held")
        #expect(held.until != nil)
        #expect(texts(fixture) == ["x"])
    }

    @Test
    func headersAndFormsReachTheTemplate() async throws {
        let fixture = try Fixture()
        let url = try #require(
            try await make(fixture, #","template":"{{@headers.x-source}}: {{title}}""#).url)
        let headers: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded", HTTPField.Name("X-Source") ?? .accept: "lamp",
            .authorization: "Basic c2VjcmV0",
        ]
        _ = try await fixture.call(.post, url, headers: headers, body: Array("title=on+fire".utf8))
        #expect(texts(fixture) == ["lamp: on fire"])
    }

    @Test(arguments: [
        ("application/json", "{", 400), ("text/plain", Body([0xFF]), 400), ("text/plain", "  ", 422),
        ("text/plain", .filled(262_145), 413), ("text/plain", .filled(1_500_000), 413),
    ])
    func whatCannotBeReadIsRefused(_ type: String, _ body: Body, _ status: Int) async throws {
        let fixture = try Fixture()
        let url = try #require(try await make(fixture).url)
        expectEqual(try await fixture.call(.post, url, headers: [.contentType: type], body: body.bytes).status, status)
        #expect(fixture.outbox.requests.isEmpty)
    }

    @Test(arguments: [
        (#","preset":"fax""#, 422), (#","template":"{{""#, 422), (#","preset":"text","template":"x""#, 422),
        (#","dedupeSeconds":0"#, 422), (#","digestMinutes":1441"#, 422), (#","ratePerMinute":601"#, 422),
        (#","quietHours":{"start":"22:00","end":"7:00","zone":"UTC"}"#, 400),
        (#","quietHours":{"start":"22:00","end":"22:00","zone":"UTC"}"#, 422),
        (#","quietHours":{"start":"22:00","end":"07:00","zone":"Nowhere/City"}"#, 422), (#","secret":"mine""#, 400),
    ])
    func settingsThatMakeNoSenseAreRefused(_ settings: String, _ status: Int) async throws {
        let fixture = try Fixture()
        let answer = try await fixture.call(
            .post, "/v1/hooks", token: try await fixture.token(),
            json: "{\"name\":\"test\",\"chat\":\"ch_a\"\(settings)}")
        #expect(answer.status == status)
        expectEqual(try await fixture.state.hooks().list().count, 0)
    }

    @Test
    func whatIsAbsentStaysAndNullTakesAway() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let hook = try await make(
            fixture, token: token,
            #","preset":"grafana","digestMinutes":5,"quietHours":{"start":"22:00","end":"07:00","zone":"Europe/Berlin"}"#
        )
        #expect(hook.quietHours == NativeQuietHours(start: "22:00", end: "07:00", zone: "Europe/Berlin"))
        let changed = try await fixture.call(
            .patch, "/v1/hooks/\(hook.id)", token: token, json: #"{"template":"{{a}}","digestMinutes":null}"#
        ).decode(NativeHook.self)
        #expect(changed.template == "{{a}}")
        #expect(changed.preset == nil)
        #expect(changed.digestMinutes == nil)
        #expect(changed.quietHours == hook.quietHours)
        #expect(changed.name == "test")
    }

    @Test
    func nobodyMakesOrSeesAHookForAChatTheyMayNotWriteTo() async throws {
        let fixture = try Fixture()
        let hook = try await make(fixture)
        let elsewhere = try await fixture.token(chats: [ChatID(rawValue: "ch_b")])
        let body = #"{"name":"test","chat":"ch_a"}"#
        expectEqual(try await fixture.call(.post, "/v1/hooks", token: elsewhere, json: body).status, 404)
        expectEqual(try await fixture.call(.get, "/v1/hooks/\(hook.id)", token: elsewhere).status, 404)
        expectEqual(try await fixture.call(.delete, "/v1/hooks/\(hook.id)", token: elsewhere).status, 404)
        let list = try await fixture.call(.get, "/v1/hooks", token: elsewhere).decode(NativeList<NativeHook>.self)
        #expect(list.data.isEmpty)
        let mute = try await fixture.token([.webhooksManage])
        expectEqual(try await fixture.call(.post, "/v1/hooks", token: mute, json: body).status, 403)
    }
}
