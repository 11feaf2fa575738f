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
import Hummingbird

/// Groups: making them, changing them, leaving them; and what can be done in a chat.
enum GroupRoutes {
    static let routes = [create, rename, setIcon, removeIcon, add, remove, leave, unread, capabilities]

    private static let create = Route.take(
        .post, "/v1/chats", "createGroup", .scope(.messagesSend), "Begin a group with its first message.",
        body: NativeGroupRequest.self, gives: NativeSend.self, status: .accepted
    ) { call, request in
        // A new group is no chat of anybody's list.
        guard try call.principal().chats == nil else { throw NativeProblem.notFound("chat") }
        return try await call.submit(
            .message(Draft(text: request.text)), to: .group(request.participants, name: request.name),
            line: request.line)
    }.detail("Where exactly these people have a group already, the message goes there.")
        .headers(.idempotencyKey).problems(.ambiguous, .unsupported, .notFound, .forbidden, .keyReused)

    private static let rename = Route.take(
        .patch, "/v1/chats/{chat}", "renameGroup", .scope(.messagesSend), "Give a group another name.",
        body: NativeChatRequest.self, gives: NativeSend.self, status: .accepted
    ) { call, request in try await change(call, .rename(request.name)) }
    .headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused)

    private static let setIcon = Route.take(
        .put, "/v1/chats/{chat}/icon", "setGroupIcon", .scope(.messagesSend), "Give a group another photo.",
        body: NativeIconRequest.self, gives: NativeSend.self, status: .accepted
    ) { call, request in
        let chat = try await call.chat()
        let photo = try await StagedAttachments([request.upload], call)
        guard photo.areImages else { throw NativeProblem.noImage }
        let send = try await call.submit(
            .chat(.icon(photo.path(of: request.upload))), to: .chat(chat.id), line: chat.line.rawValue,
            files: photo.identities)
        try await photo.keep(for: send)
        return send
    }.detail("The photo is uploaded first, with `POST /v1/uploads`.")
        .headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused)

    private static let removeIcon = Route.act(
        .delete, "/v1/chats/{chat}/icon", "removeGroupIcon", .scope(.messagesSend), "Remove the photo of a group.",
        gives: NativeSend.self, status: .accepted
    ) { call in try await change(call, .icon(nil)) }
    .headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused)

    private static let add = Route.take(
        .post, "/v1/chats/{chat}/participants", "addParticipant", .scope(.messagesSend), "Add somebody to a group.",
        body: NativeParticipantRequest.self, gives: NativeSend.self, status: .accepted
    ) { call, request in try await change(call, .addParticipant(request.address)) }
    .headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused)

    private static let remove = Route.act(
        .delete, "/v1/chats/{chat}/participants/{address}", "removeParticipant", .scope(.messagesSend),
        "Remove somebody from a group.", gives: NativeSend.self, status: .accepted
    ) { call in try await change(call, .removeParticipant(try call.parameter("address"))) }
    .headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused, .invalidRequest)

    private static let leave = Route.act(
        .post, "/v1/chats/{chat}/leave", "leaveGroup", .scope(.messagesSend), "Leave a group.",
        gives: NativeSend.self, status: .accepted
    ) { call in try await change(call, .leave) }
    .headers(.idempotencyKey).problems(.unsupported, .conflict, .forbidden, .keyReused, .invalidRequest)

    private static let unread = Route.act(
        .post, "/v1/chats/{chat}/unread", "markUnread", .scope(.messagesSend), "Mark a chat as unread."
    ) { call in
        await call.context.sender.signal(.unread, in: try await call.chat().id)
    }.detail("Does nothing where no transport of the line can do it.")

    private static let capabilities = Route.get(
        "/v1/chats/{chat}/capabilities", "listCapabilities", .scope(.chatsRead),
        "What can be done in a chat, action by action, and why not.", gives: NativeList<NativeCapability>.self
    ) { call in
        let chat = try await call.chat()
        let line = call.context.lines.first { $0.id == chat.line }
        var able: [Capability: String] = [:]
        var reasons: [Capability: String] = [:]
        for transport in line?.transports ?? [] {
            let capabilities = await transport.capabilities
            for capability in capabilities.supported where able[capability] == nil { able[capability] = transport.name }
            reasons.merge(capabilities.reasons) { first, _ in first }
        }
        return NativeList(
            Capability.all.map { capability in
                let isForGroups = capability.isOfGroups && !chat.isGroup
                let transport = isForGroups ? nil : able[capability]
                guard transport == nil else {
                    return NativeCapability(
                        action: capability.rawValue, transport: transport, reason: nil, instead: nil)
                }
                let reason =
                    isForGroups
                    ? "This chat is with one person."
                    : reasons[capability] ?? "No transport of this line has a way to do it."
                return NativeCapability(
                    action: capability.rawValue, transport: nil, reason: reason, instead: capability.nearestEquivalent)
            })
    }

    private static func change(_ call: Call, _ change: ChatChange) async throws -> NativeSend {
        let chat = try await call.chat()
        return try await call.submit(.chat(change), to: .chat(chat.id), line: chat.line.rawValue)
    }
}

extension NativeProblem {
    /// A photo that is none.
    fileprivate static let noImage = NativeProblem(
        .invalidRequest, detail: "The upload is no image.", remedy: "Upload a JPEG, PNG, GIF or HEIC file.")
}

extension Capability {
    /// Whether it concerns groups and no other chats.
    fileprivate var isOfGroups: Bool {
        switch self {
        case .groupRename, .groupIcon, .groupMembers, .groupLeave: true
        default: false
        }
    }
}
