//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState

/// Lists the tasks of the chat, numbered.
struct ListTasksTool: AgentTool {
    let description = ToolDescription(
        name: "list_tasks",
        summary: "Lists the open tasks and reminders of this chat with their numbers.",
        parameters: [.init("include_done", .boolean, "Whether finished tasks are listed, too.")]
    )

    func call(_ arguments: ToolArguments, in turn: ToolContext) async throws(ToolError) -> String {
        let open = try await Self.openTasks(in: turn)
        var lines = open.enumerated().map { number, task in
            let time = task.dueAt.map { " (\(SpokenTime.long($0, in: ZoneName(task.zone) ?? turn.zone)))" } ?? ""
            return "\(number + 1). \(task.text)\(time)"
        }
        if arguments.flag("include_done") {
            let done = (try? await turn.tasks.list(chat: turn.sender.chat, state: .done)) ?? []
            lines += done.suffix(20).map { "✓ \($0.text)" }
        }
        return lines.isEmpty ? "There are no open tasks." : lines.joined(separator: "\n")
    }

    /// The open tasks of the chat in the order of their numbers.
    static func openTasks(in turn: ToolContext) async throws(ToolError) -> [TaskItem] {
        do {
            let tasks = try await turn.tasks.list(chat: turn.sender.chat, state: .open)
            return tasks.filter { $0.agent == turn.agent }
        } catch {
            throw ToolError("The tasks could not be read.")
        }
    }
}

/// Ticks off a task.
struct CompleteTaskTool: AgentTool {
    let description = ToolDescription(
        name: "complete_task",
        summary: "Ticks off an open task of this chat.",
        parameters: [
            .init("task", .string, "Its number from list_tasks, or words of its text.", isRequired: true)
        ]
    )

    func call(_ arguments: ToolArguments, in turn: ToolContext) async throws(ToolError) -> String {
        let wanted = (arguments.string("task") ?? "").trimmingSpaces()
        let open = try await ListTasksTool.openTasks(in: turn)
        let matching: [TaskItem]
        if let number = Int(wanted.hasPrefix("#") ? String(wanted.dropFirst()) : wanted) {
            matching = open.indices.contains(number - 1) ? [open[number - 1]] : []
        } else {
            let words = wanted.lowercased().split(separator: " ")
            matching = open.filter { task in
                let text = task.text.lowercased()
                return !words.isEmpty && words.allSatisfy { text.contains($0) }
            }
        }
        guard let task = matching.first else { throw ToolError("There is no open task like that.") }
        guard matching.count == 1 else {
            let list = matching.map(\.text).joined(separator: "; ")
            throw ToolError("Several tasks match: \(list). Say which one.")
        }
        do {
            try await turn.tasks.setState(task.id, .done)
        } catch {
            throw ToolError("The task could not be stored.")
        }
        return "Done: \(task.text)"
    }
}
