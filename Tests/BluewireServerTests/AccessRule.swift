//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import Testing

@testable import BluewireServer

/// What the API promises about who may call a route, written down apart from the code that enforces it.
struct AccessRule {
    /// What a route is about.
    enum Reach {
        /// Everything or nothing: whoever has a list of chats gets its share, or what is theirs alone.
        case anybody
        /// Something of one chat.
        case oneChat
        /// People who are no chat yet.
        case strangers
        /// What concerns all chats at once.
        case gateway
    }

    /// The scope it takes; nil where none is needed.
    var scope: Scope?
    /// A second one, where what is made could do more than the first allows.
    var secondScope: Scope?
    var reach: Reach
    /// The status of success; 409 where the stand-in for the outbox always refuses after the caller was let in.
    var success: Int

    init(_ scope: Scope?, _ reach: Reach = .anybody, _ success: Int = 200, and secondScope: Scope? = nil) {
        self.scope = scope
        self.secondScope = secondScope
        self.reach = reach
        self.success = success
    }

    /// The status for a caller with one scope, limited to chats or not.
    func status(for held: Scope, _ list: AccessList) -> Int {
        guard let scope else { return success }
        guard held == scope else { return 403 }
        switch (reach, list) {
        case (.gateway, .holdsTheChat), (.gateway, .lacksTheChat): return 403
        case (.oneChat, .lacksTheChat), (.strangers, .holdsTheChat), (.strangers, .lacksTheChat): return 404
        default: return success
        }
    }

    /// The rule of every route, by its name.
    static let all: [String: AccessRule] = [
        "getLiveness": AccessRule(nil), "getReadiness": AccessRule(nil), "getDescription": AccessRule(nil),
        "page": AccessRule(nil), "openSession": AccessRule(nil, .anybody, 204),
        "postToHook": AccessRule(nil, .anybody, 202), "pair": AccessRule(nil, .anybody, 201),

        "getHealth": AccessRule(.chatsRead), "listLines": AccessRule(.chatsRead), "getLine": AccessRule(.chatsRead),
        "listChats": AccessRule(.chatsRead), "getChat": AccessRule(.chatsRead, .oneChat),
        "listCapabilities": AccessRule(.chatsRead, .oneChat), "closeSession": AccessRule(.chatsRead, .anybody, 204),

        "listMessages": AccessRule(.messagesRead, .oneChat), "getMessage": AccessRule(.messagesRead, .oneChat),
        "traceMessage": AccessRule(.messagesRead, .oneChat), "followEvents": AccessRule(.messagesRead),
        "listSends": AccessRule(.messagesRead), "getSend": AccessRule(.messagesRead, .oneChat),
        "listAttempts": AccessRule(.messagesRead, .oneChat), "listTasks": AccessRule(.messagesRead),

        "sendMessage": AccessRule(.messagesSend, .oneChat, 202),
        "editMessage": AccessRule(.messagesSend, .oneChat, 202),
        "unsendMessage": AccessRule(.messagesSend, .oneChat, 202),
        "retrySend": AccessRule(.messagesSend, .oneChat, 409), "cancelSend": AccessRule(.messagesSend, .oneChat, 409),
        "setTyping": AccessRule(.messagesSend, .oneChat, 204), "markRead": AccessRule(.messagesSend, .oneChat, 204),
        "markUnread": AccessRule(.messagesSend, .oneChat, 204),
        "createGroup": AccessRule(.messagesSend, .strangers, 202),
        "renameGroup": AccessRule(.messagesSend, .oneChat, 202),
        "setGroupIcon": AccessRule(.messagesSend, .oneChat, 202),
        "removeGroupIcon": AccessRule(.messagesSend, .oneChat, 202),
        "addParticipant": AccessRule(.messagesSend, .oneChat, 202),
        "removeParticipant": AccessRule(.messagesSend, .oneChat, 202),
        "leaveGroup": AccessRule(.messagesSend, .oneChat, 202),
        "addTapback": AccessRule(.reactionsSend, .oneChat, 202),
        "removeTapback": AccessRule(.reactionsSend, .oneChat, 202),

        "downloadAttachment": AccessRule(.attachmentsRead, .oneChat),
        "getAttachment": AccessRule(.attachmentsRead, .oneChat),
        "getThumbnail": AccessRule(.attachmentsRead, .oneChat),
        "createUpload": AccessRule(.attachmentsWrite, .anybody, 201), "getUpload": AccessRule(.attachmentsWrite),
        "appendToUpload": AccessRule(.attachmentsWrite), "deleteUpload": AccessRule(.attachmentsWrite, .anybody, 204),

        "listContacts": AccessRule(.contactsRead), "getContact": AccessRule(.contactsRead, .strangers),

        "listWebhooks": AccessRule(.webhooksManage, .gateway),
        "createWebhook": AccessRule(.webhooksManage, .gateway, 201),
        "getWebhook": AccessRule(.webhooksManage, .gateway), "updateWebhook": AccessRule(.webhooksManage, .gateway),
        "deleteWebhook": AccessRule(.webhooksManage, .gateway, 204),
        "rotateWebhookSecret": AccessRule(.webhooksManage, .gateway),
        "listDeliveries": AccessRule(.webhooksManage, .gateway),
        "replayWebhook": AccessRule(.webhooksManage, .gateway, 202),
        "testWebhook": AccessRule(.webhooksManage, .gateway, 202),

        "listHooks": AccessRule(.webhooksManage),
        "createHook": AccessRule(.webhooksManage, .oneChat, 201, and: .messagesSend),
        "getHook": AccessRule(.webhooksManage, .oneChat), "updateHook": AccessRule(.webhooksManage, .oneChat),
        "deleteHook": AccessRule(.webhooksManage, .oneChat, 204),
        "rotateHookSecret": AccessRule(.webhooksManage, .oneChat, 200, and: .messagesSend),

        "listDrafts": AccessRule(.agentsRun), "approveDraft": AccessRule(.agentsRun, .oneChat, 202),
        "discardDraft": AccessRule(.agentsRun, .oneChat, 204),

        "getMetrics": AccessRule(.admin, .gateway), "listAudit": AccessRule(.admin, .gateway),
        "makeBackup": AccessRule(.admin, .gateway), "reloadConfiguration": AccessRule(.admin, .gateway),
        "listTokens": AccessRule(.admin, .gateway), "createToken": AccessRule(.admin, .gateway, 201),
        "getToken": AccessRule(.admin, .gateway), "revokeToken": AccessRule(.admin, .gateway, 204),
        "simulator": AccessRule(.admin, .gateway),
    ]
}

/// The chats a token is limited to; everything asked for is in `ch_a`.
enum AccessList: CaseIterable, Sendable {
    case absent, holdsTheChat, lacksTheChat
}

extension Route: CustomTestStringConvertible {
    public var testDescription: String { "\(method) \(path)" }
}
