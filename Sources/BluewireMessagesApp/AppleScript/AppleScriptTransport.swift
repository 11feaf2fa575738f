//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireTransport
private import Subprocess
private import SystemPackage

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Sends texts and files by asking Messages through `osascript`.
///
/// The script arrives on standard input; text, addresses and paths lie in private files, because arguments are visible
/// to every process. That the script ended well proves nothing: the row in the store does.
package struct AppleScriptTransport: Transport {
    /// How the transport works.
    package struct Configuration: Sendable {
        /// The interpreter.
        package var interpreter = "/usr/bin/osascript"
        /// Where jobs are written and files are staged.
        package var files: ScriptFiles
        /// How long one script may take.
        package var limit: Duration = .seconds(30)
        /// The pauses before a chat that Messages does not know yet is asked for again; it loads its list after launch.
        package var pauses: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]
        /// How long staged files are kept: Messages uploads after the script has ended.
        package var stagedFor: Duration = .seconds(24 * 3600)
        /// Variables for the interpreter, besides its own.
        package var environment: [String: String] = [:]
        /// The clock of pauses and limits.
        package var clock: any WallClock = SystemWallClock()

        /// The defaults over two folders.
        package init(files: ScriptFiles) {
            self.files = files
        }
    }

    package let name = "applescript"
    private let configuration: Configuration

    /// A transport that asks Messages on this Mac.
    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    package var capabilities: TransportCapabilities {
        get async {
            guard access(configuration.interpreter, X_OK) == 0 else {
                return .none(because: "osascript is missing: AppleScript needs a Mac.")
            }
            let lacking = Capability.all.filter { !Self.supported.contains($0) }
            return TransportCapabilities(
                supported: Self.supported,
                reasons: Dictionary(uniqueKeysWithValues: lacking.map { ($0, Self.reason(for: $0)) }))
        }
    }

    private static let supported: Set<Capability> = [.text, .file, .newChat]

    private static func reason(for capability: Capability) -> String {
        switch capability {
        case .voiceNote: "AppleScript sends audio as an ordinary file only; send the file without voiceNote for that."
        case .mention: "AppleScript sends plain text only; the name can stand in it without being a mention."
        case .parts: "AppleScript sends a text and each file as messages of their own; send them one after another."
        case .choices: "AppleScript sends plain text only; choices are sent as numbered lines."
        case .groupCreate:
            "AppleScript makes groups unreliably; make the group once in Messages, then it can be used."
        case .groupRename, .groupIcon, .groupMembers, .groupLeave:
            "AppleScript has no command for it; change the group in Messages on a device."
        default: "AppleScript has no command for it."
        }
    }

    package func perform(_ intent: Intent) async throws(TransportError) -> Acceptance {
        guard case .send(let draft, let target) = intent, intent.required.isSubset(of: Self.supported),
            let first = ScriptTarget(target)
        else {
            throw TransportError(
                .unsupported, reason: "unsupported", message: "AppleScript has no command for it.",
                remedy: "Use a line with another transport.")
        }
        configuration.files.sweep(olderThan: configuration.stagedFor, now: configuration.clock.now)
        var staged: [String] = []
        for file in draft.files { staged.append(try configuration.files.stage(file)) }
        var isBegun = false
        if !draft.text.isEmpty {
            try await send(isBegun: isBegun, to: target, first) { (place) throws(TransportError) in
                try configuration.files.textJob(draft.text, to: place)
            }
            isBegun = true
        }
        for file in staged {
            try await send(isBegun: isBegun, to: target, first) { (place) throws(TransportError) in
                try configuration.files.fileJob(file, to: place)
            }
            isBegun = true
        }
        return Acceptance()
    }

    // MARK: One thing

    /// Sends one thing; asks again while Messages does not know the chat, then addresses the person instead.
    private func send(
        isBegun: Bool, to target: Target, _ first: ScriptTarget,
        job: (ScriptTarget) throws(TransportError) -> ScriptFiles.Job
    ) async throws(TransportError) {
        var places = [first]
        if let participant = ScriptTarget.participant(of: target) { places.append(participant) }
        var failure = ScriptError.error(for: -1728)
        for (index, place) in places.enumerated() {
            for pause in [.zero] + (index == 0 ? configuration.pauses : []) {
                do throws(TransportError) {
                    try await wait(pause)
                    return try await run(try job(place))
                } catch {
                    failure = error
                }
                guard failure.reason == "chat_not_found" else { break }
            }
            guard failure.reason == "chat_not_found" else { break }
        }
        // What went before cannot be taken back, so this is no longer a proof that nothing was handed over.
        if isBegun, failure.code != .ambiguous {
            failure = TransportError(
                .ambiguous, reason: "partly_sent",
                message: "A part was handed over, the next was not: \(failure.message)",
                remedy: "Look at the chat and send what is missing.", cause: failure)
        }
        throw failure
    }

    private func wait(_ pause: Duration) async throws(TransportError) {
        do {
            if pause > .zero { try await configuration.clock.sleep(for: pause) }
        } catch {
            throw TransportError(
                .unreachable, reason: "cancelled", message: "It was cancelled before anything was handed over.",
                remedy: "Retry.")
        }
    }

    private func run(_ job: ScriptFiles.Job) async throws(TransportError) {
        defer { configuration.files.remove(job) }
        switch await execute(job.path) {
        case .ended(let status, let output):
            guard status != 0 else { return }
            throw ScriptError.error(for: ScriptError.number(in: output))
        case .notStarted:
            throw TransportError(
                .unreachable, reason: "osascript_missing", message: "osascript could not be started.",
                remedy: "Check that \(configuration.interpreter) is there and may be run.")
        case .killed:
            throw TransportError(
                .ambiguous, reason: "timeout", message: "The script did not end in time and was stopped.",
                remedy: "Look whether a permission question is on the Mac's screen; look at the chat before you retry.")
        case .lost:
            throw TransportError(
                .ambiguous, reason: "script_lost", message: "The script was stopped or ended abnormally.",
                remedy: "Look at the chat; retry only if the message is not there.")
        }
    }

    // MARK: The process

    private enum Ending: Sendable {
        case ended(Int32, output: String)
        case notStarted
        case killed
        case lost
    }

    /// Runs the script in a session of its own, so that the limit ends it with everything it started.
    private func execute(_ job: String) async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask { await launch(job) }
            group.addTask {
                do {
                    try await configuration.clock.sleep(for: configuration.limit)
                    return .killed
                } catch {
                    return .lost
                }
            }
            let first = await group.next() ?? .lost
            group.cancelAll()
            return first
        }
    }

    private func launch(_ job: String) async -> Ending {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        let updates = configuration.environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        // A file, not a pipe of ours: an interpreter that dies without reading must not break the writer.
        guard let script = try? FileDescriptor.open(FilePath(ScriptFiles.script(of: job)), .readOnly) else {
            return .notStarted
        }
        do {
            let result = try await Subprocess.run(
                .path(FilePath(configuration.interpreter)), arguments: ["-", job],
                environment: .inherit.updating(Dictionary(uniqueKeysWithValues: updates)), platformOptions: options,
                input: .fileDescriptor(script, closeAfterSpawningProcess: true), output: .discarded,
                error: .string(limit: 65_536))
            switch result.terminationStatus {
            case .exited(let status): return .ended(status, output: result.standardError)
            case .signaled: return .lost
            }
        } catch let error as SubprocessError where error.code == .executableNotFound || error.code == .spawnFailed {
            return .notStarted
        } catch {
            return .lost
        }
    }
}
