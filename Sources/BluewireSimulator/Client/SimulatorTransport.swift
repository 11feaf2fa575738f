//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel
internal import BluewireNetwork
package import BluewireTransport

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Sends through a simulated phone; everything a real one can do, it can.
package struct SimulatorTransport: Transport {
    package let name = "simulator"
    private let client: SimulatorClient

    /// A transport that talks to the simulator at `client`.
    package init(client: SimulatorClient) {
        self.client = client
    }

    package var capabilities: TransportCapabilities {
        get async {
            do {
                guard try await client.call("GET", "/healthz").status == 200 else {
                    return .none(because: "the simulator is not well")
                }
                return TransportCapabilities(
                    supported: Set(Capability.all).subtracting(Self.lacking.keys),
                    reasons: Self.lacking)
            } catch {
                return .none(because: "the simulator does not run")
            }
        }
    }

    package func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
        guard intent.required.isDisjoint(with: Self.lacking.keys) else { throw Self.unsupported }
        switch intent {
        case .send(let draft, let target):
            var request = TransportSendRequest()
            switch target {
            case .chat(let guid, _, _, _): request.chat = guid.rawValue
            case .handle(let address, _): request.address = address
            case .group(let addresses, let name):
                request.addresses = addresses
                request.name = name
            }
            request.text = draft.text
            request.files = draft.files
            request.replyTo = draft.replyTo?.rawValue
            request.effect = draft.effect
            request.subject = draft.subject
            request.fileOffsets = draft.fileOffsets.isEmpty ? nil : draft.fileOffsets
            request.voice = draft.isVoiceNote ? true : nil
            request.mentions = draft.mentions.map {
                MentionRequest(location: $0.range.location, length: $0.range.length, address: $0.address)
            }
            return try await post("/transport/send", request)
        case .tapback(let message, let part, let kind, let emoji, let isRemoval, _):
            let request = TransportTapbackRequest(
                message: message.rawValue, part: part, kind: kind.name, emoji: emoji, remove: isRemoval
            )
            return try await post("/transport/tapback", request)
        case .edit(let message, let part, let text, _):
            return try await post(
                "/transport/edit", ChangeRequest(message: message.rawValue, part: part, text: text)
            )
        case .unsend(let message, let part, _):
            return try await post("/transport/unsend", ChangeRequest(message: message.rawValue, part: part))
        case .typing(let isOn, let target):
            return try await signal("/transport/typing", isOn: isOn, in: target)
        case .markRead(let target):
            return try await signal("/transport/read", isOn: nil, in: target)
        case .markUnread(let target):
            return try await signal("/transport/unread", isOn: nil, in: target)
        case .chat(let change, .chat(let guid, _, _, _)):
            return try await post("/transport/group", GroupRequest(change, in: guid.rawValue))
        case .chat: throw Self.unsupported
        }
    }

    private static let lacking: [Capability: String] = [
        .choices: "the simulated phone knows no lists; choices are sent as numbered lines"
    ]

    private static let unsupported = TransportError(
        .unsupported, reason: "unsupported", message: "The simulator has no way to do this.",
        remedy: "Use another line.")

    private func signal(_ path: String, isOn: Bool?, in target: Target) async throws(TransportError) -> Acceptance {
        // Nobody sees typing where no chat exists yet.
        guard case .chat(let guid, _, _, _) = target else { return Acceptance() }
        return try await post(path, TransportChatRequest(chat: guid.rawValue, on: isOn))
    }

    private func post(_ path: String, _ body: some Encodable) async throws(TransportError) -> Acceptance {
        let answer: SimulatorClient.Answer
        do {
            answer = try await client.call("POST", path, body: try client.encode(body))
        } catch let error as EgressError where error.nothingWasSent {
            throw TransportError(
                .unreachable, reason: "simulator_down", message: "The simulator cannot be reached.",
                remedy: "Start it with `bluewire simulate`.", cause: error
            )
        } catch {
            throw TransportError(
                .ambiguous, reason: "connection_lost", message: "The simulator took the request and gave no answer.",
                remedy: "Look for the message before sending it again.", cause: error
            )
        }
        guard answer.status == 200 else { throw Self.refusal(answer) }
        let receipt = try? JSONDecoder().decode(Reply.self, from: Data(answer.body))
        return Acceptance(message: receipt?.message.map(MessageID.init(rawValue:)))
    }

    private static func refusal(_ answer: SimulatorClient.Answer) -> TransportError {
        let error = SimulatorClient.error(in: answer)
        // The simulator refuses before it writes; only a failure inside it leaves the outcome open.
        let code: TransportError.Code =
            switch answer.status {
            case 503: .unreachable
            case 500: .ambiguous
            default: .rejected
            }
        return TransportError(code, reason: error.code.rawValue, message: error.message, remedy: error.remedy)
    }

    private struct Reply: Decodable { var message: String? }
}

extension GroupRequest {
    /// The request that makes `change`.
    fileprivate init(_ change: ChatChange, in chat: String) {
        self.init(chat: chat, change: "")
        switch change {
        case .rename(let name): (self.change, self.name) = ("rename", name)
        case .icon(let path): (self.change, self.path) = ("icon", path)
        case .addParticipant(let address): (self.change, self.address) = ("add", address)
        case .removeParticipant(let address): (self.change, self.address) = ("remove", address)
        case .leave: self.change = "leave"
        }
    }
}
