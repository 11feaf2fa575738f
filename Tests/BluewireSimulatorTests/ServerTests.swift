//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireNetwork
import BluewireTesting
import BluewireTransport
import Synchronization
import Testing

@testable import BluewireSimulator

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Boots a simulator on a socket in a folder of its own and stops it afterwards.
func withSimulator<Value: Sendable>(
    clock: any WallClock = ManualClock(), withHistory: Bool = true,
    _ body: @escaping @Sendable (SimulatorClient, SimulatorHome) async throws -> Value
) async throws -> Value {
    let folder = SimulatorFixture.freshFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration = SimulatorServer.Configuration(home: folder, seed: 3, withHistory: withHistory)
    let (ready, signal) = AsyncStream.makeStream(of: Void.self)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            defer { signal.finish() }
            try await SimulatorServer(configuration, clock: clock).run { signal.yield() }
            return nil
        }
        group.addTask {
            for await _ in ready { break }
            return try await body(SimulatorClient(socketPath: configuration.socketPath), configuration.home)
        }
        while let value = try await group.next() {
            guard let value else { continue }
            group.cancelAll()
            while try await group.next() != nil {}
            return value
        }
        throw CancellationError()
    }
}

@Suite
struct ServerTests {
    @Test
    func theDemonstrationHasPeopleAndAPast() async throws {
        try await withSimulator { client, home in
            let state = try await client.state()
            #expect(state.people.count == 5)
            #expect(state.chats.contains { $0.isGroup && $0.name == "Family" })
            #expect(state.chats.contains { $0.isSelf })
            #expect(state.chats.contains { $0.service == "SMS" })
            #expect(state.generation == "26")
            let labels = try await client.labels()
            #expect(labels.count > 30)
            #expect(labels.allSatisfy { $0.label == .backfill && $0.kind == "seed" })
            let mode = try FileManager.default.attributesOfItem(atPath: home.socketPath)[.posixPermissions]
            #expect(SimulatorFixture.integer(mode) == 0o600)
            #expect(FileManager.default.fileExists(atPath: home.addressBookPath))
        }
    }

    @Test
    func aPersonSpeaksAndTheTransportAnswers() async throws {
        try await withSimulator { client, _ in
            let said = try await client.say("Remind me tomorrow at 9", from: Cast.ana.address)
            let transport = SimulatorTransport(client: client)
            let capabilities = await transport.capabilities
            #expect(capabilities.supported == Set(Capability.all).subtracting([.choices]))
            let target = Target.chat(
                guid: ChatGUID(rawValue: said.chat), isGroup: false, channel: .iMessage, addresses: [Cast.ana.address]
            )
            let accepted = try await transport.perform(.send(Draft(text: "I will"), to: target))
            let message = try #require(accepted.message)
            let original = MessageID(rawValue: try #require(said.message))
            _ = try await transport.perform(
                .tapback(target: original, part: 0, kind: .like, emoji: nil, isRemoval: false, in: target)
            )
            _ = try await transport.perform(.edit(target: message, part: 0, text: "I shall", in: target))
            _ = try await transport.perform(.typing(isOn: true, in: target))
            #expect(try await client.state().chats.first { $0.guid == said.chat }?.ownTyping == true)
            _ = try await transport.perform(.markRead(in: target))
            _ = try await transport.perform(.unsend(target: message, part: 0, in: target))
            let new = try await client.labels(after: try #require(said.row) - 1)
            #expect(new.map(\.kind) == ["say", "send", "tapback"])
        }
    }

    @Test
    func transportErrorsSayWhatIsKnown() async throws {
        try await withSimulator { client, _ in
            let transport = SimulatorTransport(client: client)
            let intent = Intent.send(Draft(text: "Hi"), to: .handle(address: Cast.ben.address, channel: .iMessage))
            let before = try await client.labels().count
            try await client.mischief(.failBefore)
            let refused = await #expect(throws: TransportError.self) { try await transport.perform(intent) }
            #expect(refused?.code == .unreachable)
            #expect(try await client.labels().count == before)
            try await client.mischief(.loseAfterAccept)
            let lost = await #expect(throws: TransportError.self) { try await transport.perform(intent) }
            #expect(lost?.code == .ambiguous)
            #expect(try await client.labels().count == before)
            try await client.mischief(.failAfterAccept)
            let cut = await #expect(throws: TransportError.self) { try await transport.perform(intent) }
            #expect(cut?.code == .ambiguous)
            #expect(try await client.labels().count == before + 1)
            let nowhere = Intent.markRead(
                in: .chat(guid: ChatGUID(rawValue: "any;-;+1999"), isGroup: false, channel: .iMessage, addresses: [])
            )
            let unknown = await #expect(throws: TransportError.self) { try await transport.perform(nowhere) }
            #expect(unknown?.code == .rejected)
        }
    }

    @Test
    func withoutASimulatorNothingWasSent() async throws {
        let client = SimulatorClient(socketPath: "\(SimulatorFixture.freshFolder()).sock")
        let transport = SimulatorTransport(client: client)
        let error = await #expect(throws: TransportError.self) {
            try await transport.perform(.send(Draft(text: "Hi"), to: .handle(address: "+1", channel: .iMessage)))
        }
        #expect(error?.code == .unreachable)
        #expect(await transport.capabilities.supported.isEmpty)
    }

    @Test(arguments: [
        ("POST", "/say", #"{"from":"+12025550101"}"#, 400, "text is missing"),
        ("POST", "/say", #"{"from":"+12025550101","text":"x","shout":true}"#, 400, "shout"),
        ("POST", "/say", "not json", 400, "malformed"),
        ("POST", "/say", #"{"text":"x"}"#, 400, "Nobody is named"),
        ("PUT", "/faults", #"{"lateJoin":1}"#, 400, "lateJoinMs"),
        ("POST", "/mischief/nothing", "{}", 404, "rotateSidecars"),
        ("POST", "/tapback", #"{"message":"x","kind":"love"}"#, 404, "no such message"),
        ("POST", "/tapback", #"{"message":"x","kind":"wave"}"#, 404, "no such message"),
        ("POST", "/transport/send", #"{"text":"x"}"#, 400, "either chat or address"),
        ("POST", "/script", #"{"name":"night"}"#, 404, "day"),
    ])
    func badRequestsAreExplained(
        _ method: String, _ path: String, _ body: String, _ status: Int, _ explanation: String
    ) async throws {
        try await withSimulator(withHistory: false) { client, _ in
            let answer = try await client.call(method, path, body: Array(body.utf8))
            #expect(answer.status == status)
            #expect(String(decoding: answer.body, as: UTF8.self).contains(explanation))
        }
    }

    @Test
    func typingIsReportedToWhoeverWaits() async throws {
        try await withSimulator { client, _ in
            let position = try await client.state().sequence
            async let waiting = client.events(after: position, wait: .seconds(20))
            let body = Array(#"{"from":"\#(Cast.ana.address)","on":true}"#.utf8)
            #expect(try await client.call("POST", "/typing", body: body).status == 200)
            let events = try await waiting
            let typing = try #require(events.events.first { $0.kind == "typing" })
            #expect(typing.address == Cast.ana.address)
            #expect(typing.isOn == true)
        }
    }

    @Test
    func theTypingSourceCommitsObservations() async throws {
        try await withSimulator { client, _ in
            let source = SimulatorTypingSource(line: LineID(rawValue: "sim"), client: client) { guid in
                ChatID(rawValue: "ch_\(guid.identifier)")
            }
            let (seen, feed) = AsyncStream.makeStream(of: Observation.self)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await source.run(from: nil) { batch in for one in batch.observations { feed.yield(one) } }
                }
                group.addTask {
                    // The source starts with "from now on": people type until it has seen one.
                    var on = true
                    while !Task.isCancelled {
                        let body = Array(#"{"from":"\#(Cast.ana.address)","on":\#(on)}"#.utf8)
                        _ = try await client.call("POST", "/typing", body: body)
                        on.toggle()
                    }
                }
                for await observation in seen {
                    guard case .typing(let chat, _, let handle) = observation else { continue }
                    #expect(chat == ChatID(rawValue: "ch_\(Cast.ana.address)"))
                    #expect(handle?.address == Cast.ana.address)
                    break
                }
                group.cancelAll()
                do { try await group.waitForAll() } catch {}
            }
        }
    }

    @Test
    func aFolderThatIsNotOursIsRefusedUntouched() async throws {
        let folder = SimulatorFixture.freshFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let messages = "\(folder)/Library/Messages"
        try FileManager.default.createDirectory(atPath: messages, withIntermediateDirectories: true)
        try Data("real".utf8).write(to: URL(fileURLWithPath: "\(messages)/chat.db"))
        let error = await #expect(throws: SimulatorError.self) {
            try await SimulatorServer(SimulatorServer.Configuration(home: folder)).run()
        }
        #expect(error?.code == .notSimulated)
        #expect(FileManager.default.contents(atPath: "\(messages)/chat.db") == Data("real".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["Library"])
    }

    @Test
    func aSecondSimulatorIsRefusedAndTheSocketIsRemovedAtTheEnd() async throws {
        let path = try await withSimulator(withHistory: false) { client, home in
            let error = await #expect(throws: SimulatorError.self) {
                try await SimulatorServer(SimulatorServer.Configuration(home: home.path)).run()
            }
            #expect(error?.code == .inUse)
            let health = try await client.call("GET", "/healthz")
            #expect(health.status == 200)
            return home.socketPath
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
