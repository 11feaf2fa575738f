//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a supervisor's own tool is asked, and how its answers are read; pure.
package struct SupervisorCommands: Hashable, Sendable {
    private let plan: ServicePlan
    private let user: UInt32

    /// The commands for a plan and the user of that number.
    package init(_ plan: ServicePlan, user: UInt32) {
        self.plan = plan
        self.user = user
    }

    /// One call of the tool.
    package struct Call: Hashable, Sendable, CustomStringConvertible {
        /// The tool.
        package var tool: String
        /// Its arguments.
        package var arguments: [String]
        /// Whether the work goes on when it fails, because there may be nothing to do.
        package var mayFail = false
        /// How often it is tried; launchd needs a moment to let go of an agent.
        package var attempts = 1

        /// As a person types it.
        package var description: String {
            ([tool] + arguments).map { word in
                word.contains { !$0.isASCII || !($0.isLetter || $0.isNumber || "/._-=:,@".contains($0)) }
                    ? "'\(word.replacing("'", with: "'\\''"))'" : word
            }.joined(separator: " ")
        }
    }

    /// After the file was written: the supervisor reads it and (re)starts the gateway.
    package var install: [Call] {
        switch plan.supervisor {
        case .systemd:
            [systemctl("daemon-reload"), systemctl("enable", ServicePlan.unit), systemctl("restart", ServicePlan.unit)]
        case .launchd:
            [
                Call(tool: Self.launchctl, arguments: ["bootout", target], mayFail: true),
                Call(tool: Self.launchctl, arguments: ["enable", target], mayFail: true),
                Call(tool: Self.launchctl, arguments: ["bootstrap", domain, plan.path], attempts: 10),
            ]
        }
    }

    /// Before the file is removed: the gateway is stopped and no longer started.
    package var stop: [Call] {
        switch plan.supervisor {
        case .systemd: [systemctl("disable", "--now", ServicePlan.unit)]
        case .launchd: [Call(tool: Self.launchctl, arguments: ["bootout", target], mayFail: true)]
        }
    }

    /// After the file was removed.
    package var forget: [Call] {
        switch plan.supervisor {
        case .systemd: [systemctl("daemon-reload")]
        case .launchd: []
        }
    }

    /// Asks how it is.
    package var question: Call {
        switch plan.supervisor {
        case .systemd:
            systemctl("show", ServicePlan.unit, "--property=LoadState,ActiveState,UnitFileState,MainPID,ExecMainStatus")
        case .launchd: Call(tool: Self.launchctl, arguments: ["print", target])
        }
    }

    /// What the supervisor knows about the gateway.
    package struct Condition: Hashable, Sendable {
        /// Whether the supervisor knows it.
        package var isLoaded = false
        /// Whether it runs.
        package var isRunning = false
        /// Its process.
        package var process: Int?
        /// How it ended the last time, where that is told.
        package var lastExit: Int?

        /// Nothing is known.
        package init() {}
    }

    /// Reads the answer to ``question``; nil when the supervisor could not be asked.
    package func condition(_ answer: CommandAnswer?) -> Condition? {
        guard let answer else { return nil }
        switch plan.supervisor {
        case .systemd: return answer.isSuccess ? Self.systemd(answer.output) : nil
        case .launchd: return answer.isSuccess ? Self.launchd(answer.output) : Condition()
        }
    }

    private static func systemd(_ output: String) -> Condition {
        let values = pairs(output, separator: "=")
        var condition = Condition()
        condition.isLoaded = values["LoadState"] == "loaded"
        condition.isRunning = ["active", "reloading"].contains(values["ActiveState"] ?? "")
        condition.process = values["MainPID"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        condition.lastExit = condition.isRunning ? nil : values["ExecMainStatus"].flatMap { Int($0) }
        return condition
    }

    private static func launchd(_ output: String) -> Condition {
        let values = pairs(output, separator: " = ")
        var condition = Condition()
        condition.isLoaded = true
        condition.isRunning = values["state"] == "running"
        condition.process = values["pid"].flatMap { Int($0) }
        condition.lastExit = values["last exit code"].flatMap { Int($0.prefix { $0.isNumber }) }
        return condition
    }

    /// The first value of each key; launchd repeats some keys in nested parts.
    private static func pairs(_ output: String, separator: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in output.split(separator: "\n") {
            guard let range = line.firstRange(of: separator) else { continue }
            let key = String(line[..<range.lowerBound].drop { $0 == " " || $0 == "\t" })
            if values[key] == nil { values[key] = String(line[range.upperBound...]) }
        }
        return values
    }

    private static let launchctl = "/bin/launchctl"
    private var domain: String { "gui/\(user)" }
    private var target: String { "\(domain)/\(ServicePlan.label)" }

    private func systemctl(_ arguments: String...) -> Call {
        Call(tool: "systemctl", arguments: ["--user"] + arguments)
    }
}
