//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import BluewireWire
import HTTPTypes
import Hummingbird

/// Incoming hooks.
enum HookRoutes {
    static let routes = [list, create, one, change, remove, rotate, post]

    private static let list = Route.get(
        "/v1/hooks", "listHooks", .scope(.webhooksManage), "List incoming hooks.", gives: NativeList<NativeHook>.self
    ) { call in
        let caller = try call.principal()
        var hooks: [NativeHook] = []
        for hook in try await repository(call).list() where caller.sees(hook.chat) {
            hooks.append(try await shown(hook, call))
        }
        return NativeList(hooks)
    }

    private static let create = Route.take(
        .post, "/v1/hooks", "createHook", .scope(.webhooksManage),
        "Make an incoming hook; the answer shows its secret once.", body: NativeHookRequest.self,
        gives: NativeHook.self, status: .created
    ) { call, request in
        let chat = try await call.chat(request.chat)
        // Nobody hands out more than they hold: whoever has the secret can write to the chat.
        guard try call.principal().may(.messagesSend) else { throw NativeProblem.hookCouldWrite }
        var settings = Hook.Settings(
            preset: request.settings.template == nil ? request.settings.preset ?? "text" : request.settings.preset,
            template: request.settings.template)
        try settings.apply(request.settings)
        let made = try await repository(call).create(
            name: try checked(request.name), chat: chat.id, settings: settings)
        await call.audit(.hookCreated(made.hook.id))
        return try await shown(made.hook, secret: made.secret, call)
    }.detail("Whoever knows the secret address can write to this one chat and nothing else.")
        .problems(.forbidden, .notFound, .ambiguous)

    private static let one = Route.get(
        "/v1/hooks/{hook}", "getHook", .scope(.webhooksManage), "One incoming hook.", gives: NativeHook.self
    ) { call in try await shown(try await hook(call), call) }

    private static let change = Route.take(
        .patch, "/v1/hooks/{hook}", "updateHook", .scope(.webhooksManage),
        "Change an incoming hook; its chat and its secret stay.", body: NativeHookChange.self, gives: NativeHook.self
    ) { call, request in
        var hook = try await hook(call)
        if let name = request.name { hook.name = try checked(name) }
        if request.settings.preset != nil || request.settings.template != nil {
            hook.settings.preset = request.settings.preset
            hook.settings.template = request.settings.template
        }
        try hook.settings.apply(request.settings)
        guard try await repository(call).update(hook) else { throw NativeProblem.notFound("hook") }
        return try await shown(hook, call)
    }

    private static let remove = Route.act(
        .delete, "/v1/hooks/{hook}", "deleteHook", .scope(.webhooksManage),
        "Remove an incoming hook with all it holds back."
    ) { call in
        let id = try await hook(call).id
        guard try await repository(call).remove(id) else { throw NativeProblem.notFound("hook") }
        await call.audit(.hookRemoved(id))
    }

    private static let rotate = Route.act(
        .post, "/v1/hooks/{hook}/secret", "rotateHookSecret", .scope(.webhooksManage),
        "Give an incoming hook a new secret address, shown once; the old one opens nothing any more.",
        gives: NativeHook.self
    ) { call in
        let hook = try await hook(call)
        guard try call.principal().may(.messagesSend) else { throw NativeProblem.hookCouldWrite }
        guard let secret = try await repository(call).rotateSecret(hook.id) else {
            throw NativeProblem.notFound("hook")
        }
        await call.audit(.hookSecretRotated(hook.id))
        return try await shown(hook, secret: secret, call)
    }.problems(.forbidden)

    private static let post = Route.raw(
        .post, "/v1/hooks/{hook}", "postToHook", .open, "Hand something to a hook, by its secret.",
        body: .jsonOrBytes(nil, types: ["application/json", "application/x-www-form-urlencoded", "text/plain"]),
        answers: [
            .json(
                NativeHookReceipt.self, status: .accepted,
                "It was sent, is held back until later, or was there before.")
        ]
    ) { call in
        guard let receiver = call.context.hooks else { throw NativeProblem.notAvailable("hooks") }
        let hook = try await hookOfSecret(call)
        let headers = call.request.headers
        let payload = try HookPayload(
            try await call.bodyBytes(limit: HookPayload.limit), contentType: headers[.contentType],
            headers: extended(headers))
        let key = headers[.idempotencyKey] ?? headers[.webhookID]
        let outcome = try await receiver.receive(payload, at: hook, key: key.map { "header " + $0.prefix(256) })
        return .json(NativeHookReceipt(outcome), status: .accepted)
    }.detail(
        """
        Any JSON, form or plain text up to 256 KiB. The hook's template makes one text of it, which goes into the hook's \
        one chat. What has the same dedupe key (that of the hook, else `Idempotency-Key` or `webhook-id`) is sent once. \
        A wrong secret is answered like a hook that does not exist.
        """
    ).headers(.idempotencyKey).problems(.unsupported, .conflict, .ambiguous, .forbidden, .notAvailable, .keyReused)

    // MARK: Parts

    private static func repository(_ call: Call) -> HookRepository {
        call.context.state.hooks(clock: call.context.clock)
    }

    private static func hook(_ call: Call) async throws -> Hook {
        guard let hook = try await repository(call).hook(try call.parameter("hook")),
            try call.principal().sees(hook.chat)
        else { throw NativeProblem.notFound("hook") }
        return hook
    }

    /// The hook of the secret in the path; guessing is slowed as bad tokens are.
    private static func hookOfSecret(_ call: Call) async throws -> Hook {
        let secret = try call.parameter("hook")
        if let hook = try await repository(call).hook(secret: secret) { return hook }
        let failures = call.server.authenticator.failures
        let peer = call.requestContext.peer ?? "local"
        if let wait = failures.wait(peer) { throw RateLimited(.tooManyFailures, wait: wait) }
        failures.note(peer)
        throw NativeProblem.notFound("hook")
    }

    private static func shown(_ hook: Hook, _ call: Call) async throws -> NativeHook {
        NativeHook(hook, held: try await repository(call).heldCount(of: hook.id))
    }

    private static func shown(_ hook: Hook, secret: String, _ call: Call) async throws -> NativeHook {
        var shown = try await shown(hook, call)
        shown.secret = secret
        shown.url = "/v1/hooks/" + secret
        return shown
    }

    private static func checked(_ name: String) throws -> String {
        guard (1...100).contains(name.count) else { throw NativeProblem.outside("name", 1...100, "characters") }
        return name
    }

    /// The headers senders make up.
    private static func extended(_ headers: HTTPFields) -> [String: String] {
        var found: [String: String] = [:]
        for field in headers where field.name.canonicalName.hasPrefix("x-") {
            found[field.name.canonicalName] = field.value
        }
        return found
    }
}

extension HTTPField.Name {
    /// The name of an event as Standard Webhooks sends it.
    fileprivate static let webhookID = HTTPField.Name("webhook-id") ?? .contentType
}

extension Hook.Settings {
    /// Puts what an owner said over what is there.
    ///
    /// - Throws: what is wrong with it.
    fileprivate mutating func apply(_ change: NativeHookSettings) throws {
        if let dedupe = change.dedupe { self.dedupe = dedupe }
        if let seconds = change.dedupeSeconds { dedupeSeconds = seconds }
        if let minutes = change.digestMinutes { digestMinutes = minutes }
        if let rate = change.ratePerMinute { ratePerMinute = rate }
        if let hours = change.quietHours {
            let (start, end) = try hours.minutes()
            quiet = Hook.QuietTimes(start: start, end: end, zone: hours.zone)
        }
        if change.cleared.contains("dedupe") { dedupe = nil }
        if change.cleared.contains("quietHours") { quiet = nil }
        if change.cleared.contains("digestMinutes") { digestMinutes = nil }
        guard (1...2_592_000).contains(dedupeSeconds) else {
            throw NativeProblem.outside("dedupeSeconds", 1...2_592_000, "seconds")
        }
        guard (1...600).contains(ratePerMinute) else {
            throw NativeProblem.outside("ratePerMinute", 1...600, "events")
        }
        guard digestMinutes.map({ (1...1440).contains($0) }) ?? true else {
            throw NativeProblem.outside("digestMinutes", 1...1440, "minutes")
        }
        _ = try HookRules(self)
    }
}

extension NativeHook {
    /// A hook as it travels.
    init(_ hook: Hook, held: Int) {
        self.init(
            id: hook.id, name: hook.name, chat: hook.chat.rawValue, createdAt: hook.createdAt,
            lastUsedAt: hook.lastUsedAt)
        preset = hook.settings.preset
        template = hook.settings.template
        dedupe = hook.settings.dedupe
        dedupeSeconds = hook.settings.dedupeSeconds
        quietHours = hook.settings.quiet.map {
            NativeQuietHours(startMinute: $0.start, endMinute: $0.end, zone: $0.zone)
        }
        digestMinutes = hook.settings.digestMinutes
        ratePerMinute = hook.settings.ratePerMinute
        self.held = held
    }
}

extension NativeHookReceipt {
    /// What became of something that arrived.
    init(_ outcome: HookReceiver.Outcome) {
        switch outcome {
        case .sent(let send): self.init(state: "sent", send: send.rawValue)
        case .held(let until): self.init(state: "held", until: until)
        case .duplicate(let send): self.init(state: "duplicate", send: send?.rawValue)
        }
    }
}

extension NativeProblem {
    /// Nobody hands out more than they hold.
    fileprivate static let hookCouldWrite = NativeProblem(
        .forbidden, detail: "The hook could write to the chat, and the token that makes it may not.",
        remedy: "Use a token with the scope messages:send as well.")

    /// A member of a body lies outside its range.
    fileprivate static func outside(_ name: String, _ range: ClosedRange<Int>, _ unit: String) -> NativeProblem {
        NativeProblem(
            .invalidRequest, detail: "The member “\(name)” is out of range.",
            remedy: "Use \(range.lowerBound) to \(range.upperBound) \(unit).")
    }

    /// Why a hook did not take something.
    init(_ error: HookError) {
        switch error {
        case .malformed(let detail):
            self = .badRequest(detail, remedy: "Send JSON, a form or plain text in UTF-8.")
        case .noText:
            self.init(
                .invalidRequest, detail: "The hook's template makes no text of this.",
                remedy: "Compare the template with what is sent, or send a text.")
        case .tooMuch(let seconds):
            self.init(
                .rateLimited, detail: "The hook takes no more events within this minute.", remedy: "Wait, then go on.")
            retryAfter = seconds
        case .full:
            self.init(
                .rateLimited, detail: "The hook holds back as many events as it may.",
                remedy: "Wait until they are delivered.")
        case .template(let reason):
            self.init(
                .invalidRequest, detail: "The template cannot be understood. \(reason)",
                remedy: "See “Hooks” in the documentation of the API.")
        case .settings(let reason):
            self.init(.invalidRequest, detail: reason, remedy: "Correct it and send again.")
        }
    }
}
