//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension TimeExpression {
    enum Unit: Hashable {
        case seconds(Int64)
        case days(Int64)
        case months(Int64)
    }

    /// Amount (in halves), unit and number of words of "20 minutes", "an hour", "half an hour", "1h30m" (first part).
    static func quantity(_ words: [String]) -> (halves: Int64, unit: Unit, count: Int)? {
        guard let first = words.first else { return nil }
        if let (number, rest) = leadingNumber(first), !rest.isEmpty, let unit = unit(rest) {
            return (number * 2, unit, 1)
        }
        if let minutes = compact(first) { return (minutes * 2, .seconds(60), 1) }
        if first == "half", words.count > 2, ["a", "an"].contains(words[1]), let unit = unit(words[2]) {
            return (1, unit, 3)
        }
        if first == "half", words.count > 1, let unit = unit(words[1]) { return (1, unit, 2) }
        if ["a", "an"].contains(first), words.count > 3, words[1] == "couple", words[2] == "of",
            let unit = unit(words[3])
        {
            return (4, unit, 4)
        }
        guard words.count > 1, let number = ["a", "an"].contains(first) ? 1 : number(first) else { return nil }
        if words.count > 4, let unit = unit(words[1]), words[2...4].elementsEqual(["and", "a", "half"]) {
            return (number * 2 + 1, unit, 5)
        }
        if words.count > 4, words[1...3].elementsEqual(["and", "a", "half"]), let unit = unit(words[4]) {
            return (number * 2 + 1, unit, 5)
        }
        if let unit = unit(words[1]) { return (number * 2, unit, 2) }
        return nil
    }

    /// Day, part of the day and number of words; neither for a date in numbers that can be read two ways.
    static func day(_ words: [String]) -> (day: Day?, part: DayPart?, count: Int)? {
        let lead = words[0] == "on" || words[0] == "the" || words[0] == "this" || words[0] == "next" ? 1 : 0
        if words.starts(with: ["day", "after", "tomorrow"]) { return (.offset(2), nil, 3) }
        if words.starts(with: ["the", "day", "after", "tomorrow"]) { return (.offset(2), nil, 4) }
        switch words[0] {
        case "today": return (.offset(0), nil, 1)
        case "tomorrow", "tmrw", "tomorrow's": return (.offset(1), nil, 1)
        case "yesterday": return (.offset(-1), nil, 1)
        case "tonight": return (.tonight, nil, 1)
        case "this":
            if words.count > 1, let part = parts[words[1]] {
                return part == .night ? (.tonight, nil, 2) : (.offset(0), part, 2)
            }
        case "next":
            guard words.count > 1 else { return nil }
            if words[1] == "week" { return (.offset(7), nil, 2) }
            if words[1] == "month" { return (.months(1), nil, 2) }
            if words[1] == "year" { return (.months(12), nil, 2) }
        default: break
        }
        guard words.count > lead else { return nil }
        let rest = Array(words[lead...])
        if let weekday = weekdays[rest[0]] {
            let week: Week = words[0] == "next" ? .next : words[0] == "this" ? .this : .coming
            return (.weekday(weekday, week), nil, lead + 1)
        }
        guard words[0] != "next", words[0] != "this" else { return nil }
        return calendarDate(rest, isLed: lead == 1).map { ($0.day, nil, lead + $0.count) }
    }

    /// "3 March 2027", "March 3rd", "the 5th", "25.12.", "25/12"; no day when the numbers can be read two ways.
    private static func calendarDate(_ words: [String], isLed: Bool) -> (day: Day?, count: Int)? {
        func withYear(_ month: Int64, _ day: Int64, _ count: Int) -> (Day?, Int) {
            if words.count > count, words[count].count == 4, let year = Int64(words[count]),
                (1970...2261).contains(year)
            {
                return (.date(year: year, month: month, day: day), count + 1)
            }
            return (.date(year: nil, month: month, day: day), count)
        }
        var first = words
        if first.first == "the" { first.removeFirst() }
        let skipped = words.count - first.count
        if words.count > 1, let month = months[words[0]] {
            let offset = words[1] == "the" && words.count > 2 ? 2 : 1
            if let day = ordinal(words[offset]) { return withYear(month, day, offset + 1) }
        }
        if let day = first.first.flatMap({ ordinal($0) }) {
            if first.count > 1, let month = months[first[1]] { return withYear(month, day, skipped + 2) }
            if first.count > 2, first[1] == "of", let month = months[first[2]] {
                return withYear(month, day, skipped + 3)
            }
            if isLed || skipped == 1, first[0].last?.isLetter == true { return (.dayOfMonth(day), skipped + 1) }
        }
        guard let word = words.first else { return nil }
        let dotted = word.split(separator: ".", omittingEmptySubsequences: true).map { Int64($0) }
        if word.contains("."), (2...3).contains(dotted.count), let day = dotted[0], let month = dotted[1],
            (1...12).contains(month),
            (1...31).contains(day), dotted.count == 3 || word.hasSuffix(".")
        {
            return (.date(year: dotted.count == 3 ? dotted[2] : nil, month: month, day: day), 1)
        }
        let slashed = word.split(separator: "/", omittingEmptySubsequences: false).map { Int64($0) }
        if (2...3).contains(slashed.count), let one = slashed[0], let two = slashed[1], one > 0, two > 0 {
            let year = slashed.count == 3 ? slashed[2].map { $0 < 100 ? 2000 + $0 : $0 } : nil
            if one > 12, two <= 12 { return (.date(year: year, month: two, day: one), 1) }
            if two > 12, one <= 12 || one == two { return (.date(year: year, month: one, day: two), 1) }
            if one == two, one <= 12 { return (.date(year: year, month: one, day: two), 1) }
            if one <= 12, two <= 12 { return (nil, 1) }
        }
        return nil
    }

    /// "in the morning", "morning", "evening".
    static func dayPart(_ words: [String]) -> (part: DayPart, count: Int)? {
        if words.count > 2, words[0] == "in", words[1] == "the", let part = parts[words[2]] { return (part, 3) }
        if words.count > 1, words[0] == "at", words[1] == "night" { return (.night, 2) }
        return parts[words[0]].map { ($0, 1) }
    }

    /// "9", "9am", "9:30 pm", "18:30", "half past nine", "noon"; a lone number only after "at" or a day.
    static func hour(_ words: [String], isLed: Bool) -> (hour: Hour, count: Int)? {
        guard let first = words.first else { return nil }
        switch first {
        case "noon", "midday": return (.exact(second: 12 * 3600), 1)
        case "midnight": return (.midnight, 1)
        case "half", "quarter":
            guard words.count > 2, let number = number(words[2]), (1...12).contains(number) else { break }
            let offset: Int64 = first == "half" ? 1800 : 900
            if words[1] == "past" { return half(number * 3600 + offset, words, 3) }
            if words[1] == "to", first == "quarter" {
                return half((number == 1 ? 13 : number) * 3600 - offset, words, 3)
            }
        case "a":
            if words.count > 3, words[1] == "quarter" {
                return hour(Array(words.dropFirst()), isLed: true).map { ($0.hour, $0.count + 1) }
            }
        default: break
        }
        if let (seconds, hasLeadingZero, suffix) = clock(first) {
            let isMarked = suffix != nil || first.contains(":") || first.contains("h")
            guard isLed || isMarked || (words.count > 1 && (isHalf(words[1]) || words[1] == "o'clock")) else {
                return nil
            }
            if let suffix { return halved(seconds, suffix).map { (.exact(second: $0), 1) } }
            if hasLeadingZero || seconds >= 13 * 3600 || seconds < 3600 || first.contains("h") {
                return (.exact(second: seconds), 1)
            }
            return half(seconds, words, 1)
        }
        if isLed || (words.count > 1 && (isHalf(words[1]) || words[1] == "o'clock")), let number = number(first),
            (1...12).contains(number)
        {
            return half(number * 3600, words, 1)
        }
        return nil
    }

    /// Looks for am, pm and o'clock behind an hour of the twelve-hour clock.
    private static func half(_ second: Int64, _ words: [String], _ count: Int) -> (Hour, Int) {
        var count = count
        if words.count > count, words[count] == "o'clock" { count += 1 }
        if words.count > count, isHalf(words[count]), let exact = halved(second, words[count]) {
            return (.exact(second: exact), count + 1)
        }
        return (.bare(second: second), count)
    }

    private static func isHalf(_ word: String) -> Bool { ["am", "pm", "a.m", "p.m", "a.m.", "p.m."].contains(word) }

    private static func halved(_ second: Int64, _ suffix: String) -> Int64? {
        guard second >= 3600, second < 13 * 3600 else { return nil }
        return second % 43_200 + (suffix.hasPrefix("p") ? 43_200 : 0)
    }

    /// Seconds of "9", "09:30", "930pm", "18h30"; whether it had a leading zero; and am or pm glued to it.
    private static func clock(_ word: String) -> (second: Int64, hasLeadingZero: Bool, suffix: String?)? {
        var text = word[...]
        var suffix: String?
        for ending in ["am", "pm", "a.m", "p.m"] where text.hasSuffix(ending) {
            suffix = ending
            text = text.dropLast(ending.count)
            break
        }
        let separator: Character = text.contains("h") ? "h" : text.contains(":") ? ":" : "."
        var pieces = text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        if separator == "h", pieces.count == 2, pieces[1].isEmpty { pieces[1] = "00" }
        if pieces.count == 1, pieces[0].count >= 3, pieces[0].count <= 4, pieces[0].allSatisfy(\.isNumber) {
            pieces = [String(pieces[0].dropLast(2)), String(pieces[0].suffix(2))]
        }
        guard (1...3).contains(pieces.count),
            pieces.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isNumber) }),
            pieces.dropFirst().allSatisfy({ $0.count == 2 })
        else { return nil }
        let numbers = pieces.compactMap { Int64($0) }
        guard numbers.count == pieces.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else {
            return nil
        }
        let second =
            numbers[0] * 3600 + (numbers.count > 1 ? numbers[1] * 60 : 0) + (numbers.count > 2 ? numbers[2] : 0)
        return (second, pieces[0].count == 2 && pieces[0].hasPrefix("0"), suffix)
    }

    /// Minutes of "1h30m" and "1h30".
    private static func compact(_ word: String) -> Int64? {
        guard let (hours, rest) = leadingNumber(word), rest.hasPrefix("h") else { return nil }
        guard let (minutes, end) = leadingNumber(String(rest.dropFirst())), ["", "m", "min"].contains(end) else {
            return nil
        }
        return hours * 60 + minutes
    }

    private static func leadingNumber(_ word: String) -> (number: Int64, rest: String)? {
        let digits = word.prefix { ("0"..."9").contains($0) }
        guard (1...5).contains(digits.count), let number = Int64(digits) else { return nil }
        return (number, String(word.dropFirst(digits.count)))
    }

    private static func number(_ word: String) -> Int64? {
        if word.count <= 5, let value = Int64(word), value >= 0 { return value }
        return numbers[word]
    }

    private static func ordinal(_ word: String) -> Int64? {
        guard let (number, rest) = leadingNumber(word), ["", "st", "nd", "rd", "th"].contains(rest),
            (1...31).contains(number)
        else { return nil }
        return number
    }

    private static func unit(_ word: String) -> Unit? {
        switch word {
        case "s", "sec", "secs", "second", "seconds": .seconds(1)
        case "m", "min", "mins", "minute", "minutes": .seconds(60)
        case "h", "hr", "hrs", "hour", "hours": .seconds(3600)
        case "d", "day", "days": .days(1)
        case "w", "week", "weeks": .days(7)
        case "fortnight", "fortnights": .days(14)
        case "month", "months": .months(1)
        case "year", "years": .months(12)
        default: nil
        }
    }

    private static let parts: [String: DayPart] = [
        "morning": .morning, "afternoon": .afternoon, "evening": .evening, "night": .night,
    ]
    private static let weekdays: [String: Int64] = [
        "monday": 0, "mon": 0, "tuesday": 1, "tue": 1, "tues": 1, "wednesday": 2, "wed": 2, "thursday": 3, "thu": 3,
        "thurs": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
    ]
    private static let months: [String: Int64] = [
        "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
        "june": 6,
        "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sep": 9, "sept": 9, "october": 10,
        "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
    ]
    private static let numbers: [String: Int64] = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45,
        "sixty": 60, "ninety": 90,
    ]
}
