//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

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
@testable import BluewireStore

/// Every route with every scope and every kind of list of chats.
@Suite struct AccessMatrixTests {
    /// A token of the matrix.
    private struct Caller {
        var id: String
        var secret: String
    }

    /// Bodies that fit, of the routes that take one.
    private static let bodies: [String: String] = [
        "setTyping": #"{"on":true}"#, "renameGroup": #"{"name":"n"}"#, "addParticipant": #"{"address":"+15551110002"}"#,
        "createGroup": #"{"participants":["+15551110002","+15551110003"],"text":"hi"}"#,
        "sendMessage": #"{"chat":"ch_a","text":"hi"}"#, "editMessage": #"{"text":"hi"}"#,
        "addTapback": #"{"kind":"love"}"#, "createWebhook": #"{"url":"https://receiver.example/"}"#,
        "updateWebhook": #"{"isPaused":true}"#, "createHook": #"{"name":"n","chat":"ch_a"}"#,
        "updateHook": #"{"name":"n"}"#, "createToken": #"{"name":"n","scopes":["admin"]}"#,
        "createUpload": #"{"name":"a.txt","bytes":4}"#, "appendToUpload": "file", "postToHook": "hello",
    ]

    /// What the paths name, new for every call, because some calls use it up.
    private struct Objects {
        let fixture: Fixture
        let caller: Caller

        func path(of route: Route) async throws -> String {
            var parts: [String] = []
            for segment in route.path.split(separator: "/") {
                parts.append(try await part(String(segment), of: route.contract.name))
            }
            return "/" + parts.joined(separator: "/") + (route.contract.name == "followEvents" ? "?follow=false" : "")
        }

        private func part(_ segment: String, of name: String) async throws -> String {
            switch segment {
            case "{chat}": "ch_a"
            case "{message}": "M-1"
            case "{attachment}": "AT-1"
            case "{send}":
                try await fixture.outbox.submit(
                    SendRequest(recipient: .chat(ChatID(rawValue: "ch_a")), action: action, origin: "test")
                ).id.rawValue
            case "{draft}":
                try await fixture.state.agents().addDraft(
                    agent: "a", chat: ChatID(rawValue: "ch_a"), line: LineID(rawValue: "me"), message: nil,
                    action: action
                ).id
            case "{webhook}":
                try await fixture.state.webhooks().create(
                    url: "https://receiver.example/", filter: EventFilter(), after: fixture.journal.head
                ).id
            case "{hook}": try await hook(bySecret: name == "postToHook")
            case "{upload}": try await upload(isComplete: false)
            case "{token}": try await fixture.state.tokens().create(name: "other", scopes: [.read]).token.id
            case "{contact}": "C-1"
            case "{line}": "me"
            case "{kind}": "love"
            case "{address}": "%2B15551110002"
            case "**": "people"
            default: segment
            }
        }

        private func hook(bySecret: Bool) async throws -> String {
            let made = try await fixture.state.hooks().create(
                name: "n", chat: ChatID(rawValue: "ch_a"), settings: Hook.Settings(preset: "text"))
            return bySecret ? made.secret : made.hook.id
        }

        private func upload(isComplete: Bool) async throws -> String {
            let store = try #require(fixture.context.uploads)
            let upload = try await store.begin(
                owner: caller.id, name: "a.png", mimeType: "image/png", bytes: 4, isResumable: true)
            guard isComplete else { return upload.id }
            return try await store.complete(upload, bytes: 4, digest: "").id
        }

        private func pairingCode() async throws -> String {
            try await fixture.state.tokens().createPairingCode(
                for: TokenRepository.Pairing(name: "phone", scopes: [.read])
            ).code
        }

        func body(of name: String) async throws -> String? {
            switch name {
            case "setGroupIcon": #"{"upload":"\#(try await upload(isComplete: true))"}"#
            case "replayWebhook": #"{"cursor":"\#(fixture.journal.head)"}"#
            case "openSession": #"{"token":"\#(caller.secret)"}"#
            case "pair": #"{"code":"\#(try await pairingCode())"}"#
            default: AccessMatrixTests.bodies[name]
            }
        }

        private var action: Send.Action { .message(Draft(text: "hi")) }
    }

    /// Makes a picture of four bytes.
    private struct PictureMaker: ThumbnailMaking {
        func makeThumbnail(
            of source: String, kind: PictureKind, size: Int, at target: String
        ) async throws(ThumbnailError) {
            _ = FileManager.default.createFile(atPath: target, contents: Data([0xFF, 0xD8, 0xFF, 0xE0]))
        }
    }

    private static func chats(_ list: AccessList) -> Set<ChatID>? {
        switch list {
        case .absent: nil
        case .holdsTheChat: [ChatID(rawValue: "ch_a")]
        case .lacksTheChat: [ChatID(rawValue: "ch_b")]
        }
    }

    private func caller(_ fixture: Fixture, _ scopes: Set<Scope>, _ list: AccessList) async throws -> Caller {
        let made = try await fixture.state.tokens().create(name: "test", scopes: scopes, chats: Self.chats(list))
        return Caller(id: made.token.id, secret: made.secret)
    }

    private func context(_ fixture: Fixture) throws -> ServerContext {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        let file = fixture.folder.appending(path: "attachment")
        try Data(png).write(to: file)
        var context = fixture.context
        context.store = MemoryStore(attachments: [
            "AT-1": AttachmentFile(
                attachment: BluewireModel.Attachment(guid: "AT-1"), path: file.path, byteCount: Int64(png.count),
                modifiedAt: Timestamp(seconds: 0))
        ])
        context.lines = [Line(id: LineID(rawValue: "me"), kind: "test", transports: [])]
        context.contacts = { [ContactEntry(contact: Contact(id: "C-1", name: "Ada"), addresses: [])] }
        context.testWebhook = { _ in }
        context.backup = { _ in
            let path = NSTemporaryDirectory() + "bluewire-backup-\(UUID().uuidString)"
            return FileManager.default.createFile(atPath: path, contents: Data("backup".utf8)) ? path : ""
        }
        context.reload = { _ in NativeReload(applied: [], needsRestart: [], certificate: "unchanged") }
        context.simulator = { _, _, _ in (200, Array("{}".utf8)) }
        return context
    }

    private static func headers(_ name: String, token: String?) -> HTTPFields {
        var headers: HTTPFields = [:]
        if let token { headers[.authorization] = "Bearer " + token }
        switch name {
        case "appendToUpload": headers[.contentType] = "application/octet-stream"
        case "postToHook": headers[.contentType] = "text/plain"
        default: if bodies[name] != nil { headers[.contentType] = "application/json" }
        }
        if name == "appendToUpload" { headers[.uploadOffset] = "0" }
        return headers
    }

    /// A route without a rule, or a rule without a route, is a mistake in one of the two.
    @Test func everyRouteHasARule() {
        #expect(Set(RouteTable.all.map(\.contract.name)) == Set(AccessRule.all.keys))
        #expect(Set(Self.bodies.keys).isSubset(of: AccessRule.all.keys))
    }

    /// Allowed, 403 for want of the scope, or 404 for what is outside the list; and no answer tells of a chat outside.
    @Test(arguments: RouteTable.all)
    func eachRouteAnswersByScopeAndList(_ route: Route) async throws {
        let name = route.contract.name
        let rule = try #require(AccessRule.all[name])
        let fixture = try Fixture(maker: PictureMaker())
        try await fixture.append(["M-1"])
        let core = ServerCore(context: try context(fixture))
        try await Application(router: core.router()).test(.live) { client in
            func ask(_ caller: Caller, token: String?) async throws -> (status: Int, text: String) {
                let objects = Objects(fixture: fixture, caller: caller)
                return try await client.execute(
                    uri: try await objects.path(of: route), method: route.method,
                    headers: Self.headers(name, token: token),
                    body: try await objects.body(of: name).map { ByteBuffer(string: $0) }
                ) { ($0.status.code, String(buffer: $0.body)) }
            }
            for scope in Scope.single {
                for list in AccessList.allCases {
                    let second = scope == rule.scope ? rule.secondScope : nil
                    let scopes = Set([scope, second].compactMap(\.self))
                    let caller = try await caller(fixture, scopes, list)
                    let found = try await ask(caller, token: caller.secret)
                    let comment: Comment = "\(name), \(scope), \(list): \(found.text.prefix(200))"
                    #expect(found.status == rule.status(for: scope, list), comment)
                    guard list == .lacksTheChat, rule.scope != nil else { continue }
                    #expect(!found.text.contains("ch_a") && !found.text.contains("M-1"), comment)
                }
            }
            let nobody = try await caller(fixture, [.read], .absent)
            let found = try await ask(nobody, token: nil)
            #expect(found.status == (rule.scope == nil ? rule.success : 401), "\(name) without a token")
        }
    }

    /// Whoever has the secret of a hook can write to its chat, so only who can write makes one.
    @Test func theRightToManageHooksAloneMakesNone() async throws {
        let fixture = try Fixture()
        let caller = try await caller(fixture, [.webhooksManage], .absent)
        let answer = try await fixture.call(
            .post, "/v1/hooks", token: caller.secret, json: Self.bodies["createHook"] ?? "")
        #expect(answer.status == 403)
        let hook = try await fixture.state.hooks().create(
            name: "n", chat: ChatID(rawValue: "ch_a"), settings: Hook.Settings(preset: "text")
        ).hook
        let rotated = try await fixture.call(.post, "/v1/hooks/\(hook.id)/secret", token: caller.secret)
        #expect(rotated.status == 403)
    }

    /// Sends, drafts, tasks and events of other chats are in no list a caller gets.
    @Test(arguments: ["listSends", "listDrafts", "listTasks", "followEvents", "listChats"])
    func listsHoldWhatTheCallerSees(_ name: String) async throws {
        let fixture = try Fixture()
        let start = fixture.journal.head
        try await fixture.append(["M-1"])
        let action = Send.Action.message(Draft(text: "hi"))
        let chat = ChatID(rawValue: "ch_a")
        _ = try await fixture.outbox.submit(SendRequest(recipient: .chat(chat), action: action, origin: "test"))
        _ = try await fixture.state.agents().addDraft(
            agent: "a", chat: chat, line: LineID(rawValue: "me"), message: nil, action: action)
        _ = try await fixture.state.tasks().create(agent: "a", chat: chat, text: "t", dueAt: nil, zone: "UTC")
        let route = try #require(RouteTable.all.first { $0.contract.name == name })
        let query = name == "followEvents" ? "?follow=false&cursor=\(start)" : ""
        try await Application(router: ServerCore(context: fixture.context).router()).test(.live) { client in
            for list in AccessList.allCases {
                let token = try await fixture.token(chats: Self.chats(list))
                let text = try await client.execute(
                    uri: route.path + query, method: .get, headers: [.authorization: "Bearer " + token]
                ) { String(buffer: $0.body) }
                #expect(text.contains("ch_a") == (list != .lacksTheChat), "\(list): \(text)")
            }
        }
    }

    /// A chat named beside the path is as invisible as one in it.
    @Test(arguments: ["/v1/events?follow=false&chat=", "/v1/tasks?chat="], AccessList.allCases)
    func aChatInTheQueryIsLookedUpForTheCaller(_ path: String, _ list: AccessList) async throws {
        let fixture = try Fixture()
        let token = try await fixture.token(chats: Self.chats(list))
        try await Application(router: ServerCore(context: fixture.context).router()).test(.live) { client in
            let status = try await client.execute(
                uri: path + "ch_a", method: .get, headers: [.authorization: "Bearer " + token]
            ) { $0.status.code }
            #expect(status == (list == .lacksTheChat ? 404 : 200))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: AccessList.allCases)
    func aWebSocketDeliversOnlyListedChats(_ list: AccessList) async throws {
        let fixture = try Fixture()
        let token = try await fixture.token([.messagesRead], chats: Self.chats(list))
        let wanted = Self.seen(list)
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                expectEqual(try await client.upgrade("/v1/events", token: token).contains("101"), true)
                _ = try await client.frame()
                try await Self.appendToBoth(fixture)
                for name in wanted {
                    expectEqual(try await client.frame()?.text.contains("\"\(name)\""), true)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: AccessList.allCases)
    func anEventStreamDeliversOnlyListedChats(_ list: AccessList) async throws {
        let fixture = try Fixture()
        let token = try await fixture.token([.messagesRead], chats: Self.chats(list))
        let wanted = Self.seen(list)
        try await withServer(fixture) { port in
            try await RawClient.connect(port: port) { client in
                try await client.write(
                    "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
                _ = try await client.read(until: "retry: 1000")
                try await Self.appendToBoth(fixture)
                let text = try await client.read(until: "\"\(wanted.last ?? "")\"")
                for name in ["A-1", "B-1", "A-2", "B-2"] where !wanted.contains(name) {
                    #expect(!text.contains("\"\(name)\""))
                }
            }
        }
    }

    private static func appendToBoth(_ fixture: Fixture) async throws {
        for name in ["A-1", "B-1", "A-2", "B-2"] {
            try await fixture.append([name], chat: name.hasPrefix("A") ? "ch_a" : "ch_b")
        }
    }

    /// What a caller with the list gets of that, in order.
    private static func seen(_ list: AccessList) -> [String] {
        switch list {
        case .absent: ["A-1", "B-1", "A-2", "B-2"]
        case .holdsTheChat: ["A-1", "A-2"]
        case .lacksTheChat: ["B-1", "B-2"]
        }
    }
}
