//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The HTTP API: each route reads a strict request, does one thing in the simulation, and answers JSON.
struct SimulatorRoutes: Sendable {
    let simulation: Simulation

    private static let bodyLimit = 32 << 20

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        addReading(to: router)
        addPeople(to: router)
        addTransport(to: router)
        addGroups(to: router)
        addFaults(to: router)
        return router
    }

    private func addReading(to router: Router<BasicRequestContext>) {
        router.get("healthz") { _, _ in answer { SimulatorNotice() } }
        router.get("state") { _, _ in
            answer { try simulation.perform { world, now in world.state(at: now) } }
        }
        router.get("faults") { _, _ in answer { simulation.look(\.faults) } }
        router.get("labels") { request, _ in
            let after = request.uri.queryParameters.get("after", as: Int64.self) ?? 0
            return answer { SimulatorLabels(labels: simulation.labels(after: after)) }
        }
        router.get("events") { request, _ in
            let after = request.uri.queryParameters.get("after", as: Int.self)
            let wait = request.uri.queryParameters.get("waitMs", as: Int.self) ?? 0
            let events = await events(after: after, wait: .milliseconds(min(max(wait, 0), 25_000)))
            return answer { events }
        }
    }

    private func addPeople(to router: Router<BasicRequestContext>) {
        post("people", to: router) { (body: PersonRequest, world, _) in
            let person = SimulatedPerson(
                name: body.name, address: body.address, service: body.service ?? "iMessage",
                sendsReadReceipts: body.sendsReadReceipts ?? true
            )
            return Receipt(message: nil, chat: try world.addPerson(person).guid)
        }
        post("chats", to: router) { (body: ChatRequest, world, _) in
            for address in body.participants where world.person(address) == nil {
                try world.addPerson(SimulatedPerson(name: "", address: address))
            }
            let isGroup = body.isGroup ?? (body.participants.count > 1)
            let chat =
                if !isGroup, let only = body.participants.first, body.participants.count == 1 {
                    try world.directChat(with: only)
                } else {
                    try world.createChat(participants: body.participants, name: body.name, isGroup: isGroup)
                }
            return Receipt(message: nil, chat: chat.guid)
        }
        post("say", to: router) { (body: SayRequest, world, now) in
            var content = MessageContent(text: body.text)
            content.replyTo = body.replyTo
            content.effect = body.effect
            content.subject = body.subject
            content.mentions = mentions(body.mentions)
            let sentAt = body.ageMs.map { now - .milliseconds(max($0, 0)) }
            return try world.say(
                in: try place(body.chat, body.from), as: body.speaker ?? body.from, content, at: now, sentAt: sentAt
            )
        }
        post("photo", to: router) { (body: FileRequest, world, now) in
            let made = Media.photo(
                name: body.name ?? "IMG_\(now.seconds % 9_000 + 1_000).png", variant: world.random.next())
            return try world.say(
                in: try place(body.chat, body.from), as: body.speaker ?? body.from,
                MessageContent(text: body.text ?? "", files: [try file(body) ?? made]), at: now
            )
        }
        post("voice", to: router) { (body: FileRequest, world, now) in
            var media = try file(body) ?? Media.voice()
            media.isVoice = true
            return try world.say(
                in: try place(body.chat, body.from), as: body.speaker ?? body.from,
                MessageContent(text: body.text ?? "", files: [media]), at: now
            )
        }
        post("typing", to: router) { (body: TypingRequest, world, _) in
            let reference = try place(body.chat, body.from)
            let chat = try world.chat(reference) ?? world.directChat(with: reference)
            world.setTyping(body.on, in: chat, address: try world.sender(body.speaker ?? body.from, in: chat))
            return SimulatorNotice()
        }
        post("tapback", to: router) { (body: TapbackRequest, world, now) in
            let target = try world.target(body.message)
            let chat = try world.requireChat(target.chat)
            let order = TapbackOrder(
                target: body.message, part: body.part ?? 0, kind: try kind(body.kind), emoji: body.emoji,
                isRemoval: body.remove ?? false, address: try world.sender(body.speaker ?? body.from, in: chat)
            )
            return try world.react(order, at: now)
        }
        post("edit", to: router) { (body: ChangeRequest, world, now) in
            let order = EditOrder(target: body.message, part: body.part ?? 0, isFromMe: false)
            return try world.edit(order, text: body.text ?? "", at: now)
        }
        post("unsend", to: router) { (body: ChangeRequest, world, now) in
            try world.unsend(EditOrder(target: body.message, part: body.part ?? 0, isFromMe: false), at: now)
        }
        post("script", to: router) { (body: ScriptRequest, world, now) in
            guard let script = Script(rawValue: body.name ?? "day") else {
                throw SimulatorError(
                    .notFound, "There is no such script.",
                    remedy: "Scripts: \(Script.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            return SimulatorNotice(lines: try world.play(script, at: now))
        }
    }

    private func addTransport(to router: Router<BasicRequestContext>) {
        post("transport/send", to: router) { (body: TransportSendRequest, world, now) in
            var content = MessageContent(text: body.text ?? "", files: try (body.files ?? []).map(loaded))
            content.fileOffsets = body.fileOffsets ?? []
            content.mentions = mentions(body.mentions)
            if body.voice == true { for index in content.files.indices { content.files[index].isVoice = true } }
            content.replyTo = body.replyTo
            content.effect = body.effect
            content.subject = body.subject
            let destination: World.Destination =
                switch (body.chat, body.address, body.addresses) {
                case (let chat?, nil, nil): .chat(guid: chat)
                case (nil, let address?, nil): .address(address)
                case (nil, nil, let people?): .group(people, name: body.name)
                default:
                    throw SimulatorError(
                        .invalid, "A send goes to one place.", remedy: "Pass either chat or address, or addresses."
                    )
                }
            return try world.send(content, to: destination, at: now)
        }
        post("transport/tapback", to: router) { (body: TransportTapbackRequest, world, now) in
            let order = TapbackOrder(
                target: body.message, part: body.part ?? 0, kind: try kind(body.kind), emoji: body.emoji,
                isRemoval: body.remove ?? false, address: nil
            )
            return try world.react(order, at: now)
        }
        post("transport/edit", to: router) { (body: ChangeRequest, world, now) in
            let order = EditOrder(target: body.message, part: body.part ?? 0, isFromMe: true)
            return try world.edit(order, text: body.text ?? "", at: now)
        }
        post("transport/unsend", to: router) { (body: ChangeRequest, world, now) in
            try world.unsend(EditOrder(target: body.message, part: body.part ?? 0, isFromMe: true), at: now)
        }
        post("transport/typing", to: router) { (body: TransportChatRequest, world, _) in
            try world.setOwnTyping(body.on ?? true, in: body.chat)
            return SimulatorNotice()
        }
        post("transport/read", to: router) { (body: TransportChatRequest, world, now) in
            try world.markRead(body.chat, at: now)
            return SimulatorNotice()
        }
        post("transport/unread", to: router) { (body: TransportChatRequest, world, now) in
            try world.markUnread(body.chat, at: now)
            return SimulatorNotice()
        }
    }

    private func addFaults(to router: Router<BasicRequestContext>) {
        router.put("faults") { request, _ in
            let bytes = try await bytes(of: request)
            return answer {
                let change = try FaultChange.read(bytes)
                return try simulation.perform { world, _ in
                    world.faults = world.faults.applying(change)
                    world.feed.add("faults")
                    return world.faults
                }
            }
        }
        router.delete("faults") { _, _ in
            answer {
                try simulation.perform { world, _ in
                    world.faults = Faults()
                    world.armed = nil
                    world.feed.add("faults")
                    return world.faults
                }
            }
        }
        router.post("mischief/:name") { request, context in
            let name = context.parameters.get("name") ?? ""
            let bytes = try await bytes(of: request)
            return answer {
                guard let mischief = Mischief(rawValue: name) else {
                    throw SimulatorError(
                        .notFound, "There is no such mischief.",
                        remedy: "Known: \(Mischief.allCases.map(\.rawValue).joined(separator: ", "))."
                    )
                }
                let options = try MischiefOptions.read(bytes)
                return try simulation.perform { world, now in
                    SimulatorNotice(detail: try world.mischief(mischief, options, at: now))
                }
            }
        }
    }

    /// A POST route that decodes its body and changes the world.
    func post<Body: StrictRequest, Output: Encodable & Sendable>(
        _ path: RouterPath, to router: Router<BasicRequestContext>,
        _ body: @escaping @Sendable (Body, inout World, Timestamp) throws -> Output
    ) {
        router.post(path) { request, _ in
            let bytes = try await bytes(of: request)
            return answer {
                let decoded = try Body.read(bytes)
                return try simulation.perform { world, now in try body(decoded, &world, now) }
            }
        }
    }

    private func bytes(of request: Request) async throws -> [UInt8] {
        let buffer = try await request.body.collect(upTo: Self.bodyLimit)
        return Array(buffer.readableBytesView)
    }

    /// Waits until there is something after `after`, or until the time is up.
    private func events(after: Int?, wait: Duration) async -> SimulatorEvents {
        let start = after ?? simulation.look { $0.feed.last }
        func current() -> SimulatorEvents {
            simulation.look { world in
                // A number from an earlier run is ahead of ours: start over.
                let position = start > world.feed.last ? 0 : start
                return SimulatorEvents(events: world.feed.events(after: position), next: world.feed.last)
            }
        }
        return await simulation.withWakeUps { wakeUps in
            let first = current()
            guard first.events.isEmpty, wait > .zero else { return first }
            // A shutdown does not wait for those who wait for news.
            await cancelWhenGracefulShutdown { await simulation.wait(for: wakeUps, atMost: wait) }
            return current()
        }
    }
}
