//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Runs the supervisor's own tool; a stand-in in tests.
package protocol CommandRunning: Sendable {
    /// Runs a tool to its end; nil when there is no such tool.
    func run(_ tool: String, _ arguments: [String]) async -> CommandAnswer?
}

/// What a tool answered.
package struct CommandAnswer: Hashable, Sendable {
    /// Whether it ended well.
    package var isSuccess: Bool
    /// What it printed.
    package var output: String
    /// The first line of what it complained about.
    package var complaint: String

    /// An answer from its fields.
    package init(isSuccess: Bool, output: String = "", complaint: String = "") {
        self.isSuccess = isSuccess
        self.output = output
        self.complaint = complaint
    }
}

/// Runs tools of this computer, for a limited time.
package struct SystemCommandRunner: CommandRunning {
    private let limit: Duration

    /// The runner of this computer.
    package init(limit: Duration = .seconds(60)) { self.limit = limit }

    package func run(_ tool: String, _ arguments: [String]) async -> CommandAnswer? {
        await withTaskGroup(of: CommandAnswer?.self) { group in
            group.addTask { await Self.runToEnd(tool, arguments) }
            group.addTask {
                guard (try? await ContinuousClock().sleep(for: limit)) != nil else { return nil }
                return CommandAnswer(isSuccess: false, complaint: "\(tool) did not answer in time.")
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private static func runToEnd(_ tool: String, _ arguments: [String]) async -> CommandAnswer? {
        do {
            let result = try await Subprocess.run(
                tool.contains("/") ? .path(FilePath(tool)) : .name(tool), arguments: Arguments(arguments),
                output: .string(limit: 256 << 10), error: .string(limit: 64 << 10)
            )
            return CommandAnswer(
                isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
                complaint: result.standardError.split(separator: "\n").first.map(String.init) ?? ""
            )
        } catch let error as SubprocessError where error.code == .executableNotFound {
            return nil
        } catch {
            return CommandAnswer(isSuccess: false, complaint: "\(tool) could not be run.")
        }
    }
}
