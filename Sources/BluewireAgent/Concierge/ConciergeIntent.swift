//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What a person wants from the concierge, as far as it understands.
enum ConciergeIntent: Hashable {
    case greet
    case help
    case thanks
    case time(String)
    case list
    case complete(String)
    case add(String)
    case search(String)
    case remind(String, at: Timestamp, ZoneName)
    case ask(String)
    case unknown

    /// Reads `text`; `earlier` is what the concierge said last, for answers to its questions.
    init(_ text: String, answering earlier: String?, now: Timestamp, zone: ZoneName) {
        let plain = text.trimmingSpaces()
        let lower = plain.lowercased().replacing("’", with: "'").trimmingPunctuation()
        if let phrase = ReminderPhrase(plain, now: now, zone: zone) {
            self = Self.reminder(phrase)
        } else if let task = earlier.flatMap({ Self.questionedTask($0) }),
            case let phrase = ReminderPhrase(time: plain, now: now, zone: zone), phrase.time != .missing
        {
            self = Self.reminder(ReminderPhrase(task: task, time: phrase.time))
        } else {
            self = Self.command(plain, lower: lower, now: now, zone: zone)
        }
    }

    /// The tool to call for it.
    var call: (tool: String, arguments: [String: JSONValue])? {
        switch self {
        case .list: ("list_tasks", [:])
        case .complete(let task): ("complete_task", ["task": .string(task)])
        case .add(let text): ("create_reminder", ["text": .string(text)])
        case .search(let query): ("search_messages", ["query": .string(query)])
        case .remind(let text, let time, let zone):
            (
                "create_reminder",
                ["text": .string(text), "when": .string(time.rfc3339), "zone": .string(zone.description)]
            )
        case .greet, .help, .thanks, .time, .ask, .unknown: nil
        }
    }

    /// What to say, given what the tool said.
    func answer(_ result: ToolResult?) -> String {
        if let result, result.isError { return "That did not work. \(result.text)" }
        switch self {
        case .greet: return "Hello! \(Self.abilities)"
        case .help: return Self.abilities + "\nNo language model is connected, so I cannot chat about other things."
        case .thanks: return "You're welcome."
        case .time(let text): return text
        case .ask(let question): return question
        case .list: return result?.text ?? "There are no open tasks."
        case .complete: return (result?.text ?? "Done") + " ✓"
        case .add(let text): return "Noted: \(text). Say “tasks” to see your list."
        case .search:
            guard let text = result?.text, text != "No message contains that." else {
                return "I found nothing in this chat."
            }
            return "Here is what I found:\n\(text)"
        case .remind(let text, let time, let zone):
            return "OK, I will remind you on \(SpokenTime.long(time, in: zone)): \(text)"
        case .unknown:
            return """
                No language model is connected, so I cannot answer that. I can keep tasks, set reminders and search this \
                chat. Say “help” for examples.
                """
        }
    }

    private static let abilities = """
        I can keep tasks, remind you and search this chat. Try:
        • remind me tomorrow at 9 to call the dentist
        • add buy milk
        • tasks
        • done 1
        • search dinner
        """

    private static func reminder(_ phrase: ReminderPhrase) -> ConciergeIntent {
        guard !phrase.task.isEmpty else {
            return .ask("What should I remind you of? For example: remind me tomorrow at 9 to call the dentist")
        }
        switch phrase.time {
        case .at(let time, let zone): return .remind(phrase.task, at: time, zone)
        case .missing: return .ask(question(phrase.task, "For example: tomorrow at 9"))
        case .ambiguous(let question): return .ask(Self.question(phrase.task, question))
        case .past: return .ask(question(phrase.task, "That time has passed."))
        case .repeating: return .ask("I cannot repeat reminders yet. Tell me a single date and time.")
        }
    }

    private static func question(_ task: String, _ more: String) -> String {
        "When should I remind you of “\(task)”? \(more)"
    }

    /// The task of a question the concierge asked before.
    private static func questionedTask(_ text: String) -> String? {
        let opening = "When should I remind you of “"
        guard let start = text.firstRange(of: opening), let end = text.range(of: "”?", after: start.upperBound)
        else { return nil }
        return String(text[start.upperBound..<end])
    }

    private static func command(_ plain: String, lower: String, now: Timestamp, zone: ZoneName) -> ConciergeIntent {
        switch lower {
        case "hi", "hello", "hey", "good morning", "good evening", "hi there", "hello there": return .greet
        case "help", "?", "what can you do", "who are you", "commands", "": return .help
        case "thanks", "thank you", "thx", "ty", "great", "ok", "okay", "cool", "perfect": return .thanks
        case "what time is it", "time", "what's the time", "what day is it", "date":
            return .time("It is \(SpokenTime.long(now, in: zone)).")
        case "list", "tasks", "my tasks", "reminders", "my reminders", "todo", "todos", "to-do", "list tasks",
            "show tasks",
            "show my tasks", "list my tasks", "show reminders", "show my reminders", "list reminders",
            "list my reminders", "what are my tasks", "what are my reminders", "what's on my list", "show my list",
            "my list", "what do i have to do", "open tasks":
            return .list
        default: break
        }
        let rest = { (opening: String) in String(plain.dropFirst(opening.count)).trimmingSpaces().trimmingPunctuation()
        }
        for opening in [
            "mark ", "tick off ", "check off ", "completed ", "complete ", "finished ", "finish ", "done with ",
            "done: ", "done ",
        ]
        where lower.hasPrefix(opening) {
            var task = rest(opening)
            for ending in [" as done", " done", " as complete", " as completed"]
            where task.lowercased().hasSuffix(ending) {
                task = String(task.dropLast(ending.count))
            }
            for start in ["task ", "number ", "reminder "] where task.lowercased().hasPrefix(start) {
                task = String(task.dropFirst(start.count))
            }
            return .complete(task)
        }
        if lower.hasSuffix(" is done"), lower.count > 8 { return .complete(String(plain.dropLast(8))) }
        for opening in [
            "add a task to ", "add task to ", "add a task: ", "add a task ", "add task: ", "add task ", "new task: ",
            "new task ", "task: ", "todo: ", "todo ", "remember to ", "note: ", "add ",
        ]
        where lower.hasPrefix(opening) {
            var task = rest(opening)
            for ending in [" to my list", " to the list", " to my tasks", " to my to-do list"]
            where task.lowercased().hasSuffix(ending) {
                task = String(task.dropLast(ending.count))
            }
            return task.isEmpty ? .ask("What should I add?") : .add(task)
        }
        for opening in [
            "search for ", "search messages for ", "search ", "find messages about ", "find messages with ", "find ",
            "look for ",
        ]
        where lower.hasPrefix(opening) {
            return .search(rest(opening))
        }
        return .unknown
    }
}

extension ReminderPhrase {
    /// A phrase from its parts, for answers to a question.
    init(task: String, time: When) {
        self.task = task
        self.time = time
    }
}

extension String {
    /// The text without sentence marks at its ends.
    func trimmingPunctuation() -> String {
        var view = self[...]
        while let last = view.last, "?!., ".contains(last), view.count > 1 { view.removeLast() }
        return String(view)
    }

    /// Where `part` starts after `index`.
    func range(of part: String, after index: String.Index) -> String.Index? {
        self[index...].firstRange(of: part)?.lowerBound
    }
}
