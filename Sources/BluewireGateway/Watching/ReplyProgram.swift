//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireWire
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A program that answers messages: it reads one message as JSON and prints the reply.
///
/// It is started directly, never through a shell, with an environment of its own, in a session of its own, and killed
/// with everything it started when its time is over.
package struct ReplyProgram: Sendable {
    private let executable: String
    private let arguments: [String]
    private let timeout: Duration
    private let allowed: Set<HandleKey>
    private let answersEverybody: Bool

    /// A program from its command line.
    ///
    /// - Parameters:
    ///   - command: the program and its arguments, separated by spaces; quotes are not interpreted.
    ///   - timeout: how long it may take.
    ///   - allow: the addresses it answers, or `*`.
    /// - Throws: ``GatewayError`` when the command is empty.
    package init(command: String, timeout: Duration, allow: [String]) throws(GatewayError) {
        let words = command.split(separator: " ").map(String.init)
        guard let first = words.first else {
            throw GatewayError(
                .badData, message: "--exec names no program.", remedy: "Give its path, for example ./reply.py.")
        }
        executable = first
        arguments = Array(words.dropFirst())
        self.timeout = timeout
        answersEverybody = allow.contains("*")
        allowed = Set(allow.map { HandleKey($0) })
    }

    /// Whether this message may be answered: incoming text of somebody on the list, in a direct chat or a group.
    package func answers(_ message: NativeMessage) -> Bool {
        guard !message.isFromMe, message.kind == Message.Kind.text.rawValue, let sender = message.sender else {
            return false
        }
        return answersEverybody || allowed.contains(HandleKey(sender.address))
    }

    /// What the program printed for `message`, without the last line feed; nil when it printed nothing.
    ///
    /// - Throws: ``GatewayError`` when it cannot be started, fails, or takes too long; then nothing is to be sent.
    package func reply(to message: NativeMessage) async throws -> String? {
        var platform = PlatformOptions()
        platform.createSession = true
        // What it started holds its output open: only when all of them are gone does the wait end.
        platform.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        let configuration = Subprocess.Configuration(
            executable: executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
            arguments: Arguments(arguments), platformOptions: platform
        )
        let input = try Self.makeInput(message.json + [UInt8(ascii: "\n")])
        defer { try? FileManager.default.removeItem(atPath: input) }
        let timeout = timeout
        let output = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await Self.run(configuration, input: input) }
            group.addTask {
                try await ContinuousClock().sleep(for: timeout)
                throw GatewayError(
                    .failed, message: "The program took longer than \(timeout.components.seconds) s; nothing was sent.",
                    remedy: "Make it faster, or raise --timeout."
                )
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard var text = output else { return nil }
        while text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
        return text.trimmingSpaces().isEmpty ? nil : text
    }

    /// A private file that becomes standard input: a program that ends without reading must not break a pipe of ours.
    private static func makeInput(_ bytes: [UInt8]) throws(GatewayError) -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "bluewire-\(UUID().uuidString)").path
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        guard isMade else {
            throw GatewayError(
                .cannotCreate, message: "The message could not be handed to the program; nothing was sent.",
                remedy: "Make room in the temporary folder."
            )
        }
        return path
    }

    private static func run(_ configuration: Subprocess.Configuration, input: String) async throws -> String? {
        let result: ExecutionResult<Void, StringOutput<UTF8>, DiscardedOutput>
        do {
            let descriptor = try FileDescriptor.open(FilePath(input), .readOnly)
            result = try await Subprocess.run(
                configuration, input: .fileDescriptor(descriptor, closeAfterSpawningProcess: true),
                output: .string(limit: 64 << 10), error: .discarded
            )
        } catch let error as SubprocessError {
            throw GatewayError(
                .failed, message: "The program could not be run: \(error). Nothing was sent.",
                remedy: "Check that the path is right, the file is executable and prints at most 64 KiB."
            )
        }
        guard result.terminationStatus.isSuccess else {
            throw GatewayError(
                .failed, message: "The program ended with \(result.terminationStatus); nothing was sent.",
                remedy: "Run it by hand with a message from `bluewire history --json` on standard input."
            )
        }
        return result.standardOutput
    }
}
