//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import BluewireWire
import Foundation
import Testing

@Suite struct ReplyProgramTests {
    private func message(from address: String = "+15550001", text: String = "hi", isFromMe: Bool = false)
        -> NativeMessage
    {
        var message = Message(
            id: MessageID(rawValue: "G-1"), row: RowID(rawValue: 1), line: LineID(rawValue: "sim"), isFromMe: isFromMe,
            sentAt: Timestamp(seconds: 1_773_480_413)
        )
        message.body = MessageBody(text: text)
        message.sender = isFromMe ? nil : Handle(address: address, channel: .iMessage)
        return NativeMessage(message)
    }

    private func program(_ script: String, timeout: Duration = .seconds(20)) throws -> (ReplyProgram, URL) {
        let file = FileManager.default.temporaryDirectory.appending(path: "reply-\(UUID().uuidString)")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file.path)
        return (try ReplyProgram(command: file.path, timeout: timeout, allow: ["+1 555-0001"]), file)
    }

    @Test func theProgramReadsOneMessageAsJSONAndItsOutputIsTheReply() async throws {
        let (program, file) = try program("cat")
        defer { try? FileManager.default.removeItem(at: file) }
        let asked = message(text: "quotes \" and\nlines")
        let reply = try #require(try await program.reply(to: asked))
        #expect(try JSONDecoder().decode(NativeMessage.self, from: Data(reply.utf8)) == asked)
    }

    @Test func aProgramThatPrintsNothingSendsNothing() async throws {
        let (program, file) = try program("cat > /dev/null; echo; echo '  '")
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try await program.reply(to: message()) == nil)
    }

    @Test(arguments: ["exit 3", "sleep 60"])
    func aProgramThatFailsOrIsTooSlowSendsNothing(script: String) async throws {
        let (program, file) = try program("cat > /dev/null; echo half a reply; \(script)", timeout: .milliseconds(300))
        defer { try? FileManager.default.removeItem(at: file) }
        let error = await #expect(throws: GatewayError.self) { try await program.reply(to: message()) }
        #expect(error?.remedy.isEmpty == false)
    }

    private static func isRunning(_ process: Int32) -> Bool {
        guard kill(process, 0) == 0 else { return false }
        // One that ended may wait for the system to collect it.
        let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z ") } ?? true
    }

    @Test(arguments: ["", "trap '' TERM; "])
    func aProgramThatIsTooSlowEndsWithEverythingItStarted(preparation: String) async throws {
        let note = FileManager.default.temporaryDirectory.appending(path: "reply-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: note) }
        let (program, file) = try program(
            "\(preparation)sh -c 'echo $$ > \(note.path); sleep 61; :' & wait", timeout: .milliseconds(700))
        defer { try? FileManager.default.removeItem(at: file) }
        await #expect(throws: GatewayError.self) { try await program.reply(to: message()) }
        let text = try String(contentsOf: note, encoding: .utf8)
        let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // The signal was sent to all of them; the system carries it out a moment later.
        let end = ContinuousClock.now + .seconds(10)
        while Self.isRunning(child), ContinuousClock.now < end { await Task.yield() }
        #expect(!Self.isRunning(child))
    }

    @Test func aMissingProgramIsAnErrorWithARemedy() async throws {
        let program = try ReplyProgram(command: "/nowhere/reply", timeout: .seconds(5), allow: ["*"])
        let error = await #expect(throws: GatewayError.self) { try await program.reply(to: message()) }
        #expect(error?.message.contains("could not be run") == true)
    }

    @Test func noShellInterpretsTheCommand() async throws {
        let program = try ReplyProgram(command: "/bin/echo $(id) ; |", timeout: .seconds(20), allow: ["*"])
        #expect(try await program.reply(to: message()) == "$(id) ; |")
    }

    @Test func onlyAllowedSendersAreAnswered() throws {
        let program = try ReplyProgram(command: "/bin/cat", timeout: .seconds(5), allow: ["+1 (555) 0001"])
        #expect(program.answers(message()))
        #expect(!program.answers(message(from: "+15550002")))
        #expect(!program.answers(message(isFromMe: true)))
        let everybody = try ReplyProgram(command: "/bin/cat", timeout: .seconds(5), allow: ["*"])
        #expect(everybody.answers(message(from: "+15550002")))
    }

    @Test func anEmptyCommandIsRefused() {
        #expect(throws: GatewayError.self) { try ReplyProgram(command: "  ", timeout: .seconds(1), allow: ["*"]) }
    }
}
