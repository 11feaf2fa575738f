//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState

/// Makes a task, with or without a time to be reminded at.
struct CreateReminderTool: AgentTool {
    let description = ToolDescription(
        name: "create_reminder",
        summary: """
            Keeps a task for this chat. With "when", the person gets a message at that time. Say the date and time from \
            the result back to the person.
            """,
        parameters: [
            .init("text", .string, "What to do, without the time, for example: call the dentist", isRequired: true),
            .init("when", .string, "ISO 8601 (2026-03-14T09:00, with or without offset) or English (tomorrow at 9)."),
            .init("zone", .string, "IANA time zone; the person's own when left out."),
        ]
    )

    func call(_ arguments: ToolArguments, in turn: ToolContext) async throws(ToolError) -> String {
        let text = (arguments.string("text") ?? "").trimmingSpaces()
        guard !text.isEmpty else { throw ToolError("The text is empty.") }
        var zone = turn.zone
        if let name = arguments.string("zone") {
            guard let given = ZoneName(name) else { throw ToolError("There is no time zone \"\(name)\".") }
            zone = given
        }
        var due: Timestamp?
        if let when = arguments.string("when") { (due, zone) = try Self.time(when, now: turn.now, zone: zone) }
        let item: TaskItem
        do {
            // What a restarted turn asks for again is the same task.
            let origin = "\(turn.agent):\(turn.firstMessage):\(StableHash.hex("\(text)|\(due?.nanoseconds ?? 0)"))"
            item = try await turn.tasks.create(
                agent: turn.agent, chat: turn.sender.chat, text: text, dueAt: due, zone: zone.description,
                origin: origin
            )
        } catch {
            throw ToolError("The task could not be stored.")
        }
        turn.reminderWasMade()
        guard let due = item.dueAt else { return "Task stored: \(item.text)" }
        return "Reminder set for \(SpokenTime.long(due, in: zone)): \(item.text)"
    }

    private static func time(
        _ when: String, now: Timestamp, zone: ZoneName
    ) throws(ToolError) -> (Timestamp, ZoneName) {
        let phrase = ReminderPhrase(time: when, now: now, zone: zone)
        guard phrase.task.isEmpty else { throw ToolError("\"when\" is not a time. Use ISO 8601.") }
        switch phrase.time {
        case .at(let time, let zone): return (time, zone)
        case .missing: throw ToolError("\"when\" is not a time. Use ISO 8601.")
        case .ambiguous(let question): throw ToolError("The time can be read in two ways. \(question)")
        case .past: throw ToolError("That time has passed. It is \(now.rfc3339) now.")
        case .repeating: throw ToolError("Repeating reminders are not supported.")
        }
    }
}
