//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

extension TimeExpression {
    /// Takes one time phrase from the front of `words` and returns how many words it had; nil when there is none, or
    /// when it says again what is already known.
    mutating func take(_ words: ArraySlice<PhraseWord>) -> Int? {
        let lower = words.prefix(8).map(\.lower)
        guard let first = lower.first else { return nil }
        if first == "every" || ["daily", "weekly", "monthly", "hourly"].contains(first) {
            repeats = true
            return min(2, lower.count) == 2 && first == "every" ? 2 : 1
        }
        return takeZone(lower) ?? takeDelay(lower) ?? takeInstant(lower) ?? takeDay(lower) ?? takeHour(lower)
    }

    private mutating func takeZone(_ words: [String]) -> Int? {
        guard zone == nil, day != nil || hour != nil || part != nil else { return nil }
        let lead = ["in", "local", "("].contains(words[0]) ? 1 : 0
        for length in [3, 2, 1] where words.count >= lead + length {
            let name = words[lead..<(lead + length)].joined(separator: " ")
            guard let found = ZoneName.spoken[name] else { continue }
            let isFollowed = words.count > lead + length && words[lead + length] == "time"
            // A city alone may be part of the task ("call berlin"); abbreviations and full names are not.
            let isPlain = name.contains("/") || Self.abbreviations.contains(name)
            guard isFollowed || isPlain else { continue }
            zone = found
            return lead + length + (isFollowed ? 1 : 0)
        }
        return nil
    }

    private static let abbreviations: Set<String> = [
        "utc", "gmt", "et", "est", "edt", "cst", "cdt", "mst", "mdt", "pt", "pst", "pdt", "cet", "cest", "bst", "jst",
        "ist",
        "aest",
    ]

    /// "in 20 minutes", "in an hour and a half", "two weeks from now", "in 1h30m".
    private mutating func takeDelay(_ words: [String]) -> Int? {
        guard delay == nil, day == nil else { return nil }
        let lead = words[0] == "in" || words[0] == "after" ? 1 : 0
        var position = lead
        var seconds: Int64 = 0
        var calendar: Day?
        while let (amount, unit, count) = Self.quantity(Array(words[position...])) {
            switch unit {
            case .seconds(let size):
                guard calendar == nil else { return nil }
                seconds += amount * size / 2
            case .days(let size):
                guard calendar == nil, seconds == 0, amount % 2 == 0 || size % 2 == 0 else { return nil }
                calendar = .offset(amount * size / 2)
            case .months(let size):
                guard calendar == nil, seconds == 0, amount * size % 2 == 0 else { return nil }
                calendar = .months(amount * size / 2)
            }
            position += count
            guard position < words.count else { break }
            if words[position] == "and" || words[position] == ",", Self.quantity(Array(words[(position + 1)...])) != nil
            {
                position += 1
            }
        }
        guard position > lead else { return nil }
        if lead == 0 {
            guard words.count > position + 1, ["from"].contains(words[position]),
                ["now", "today"].contains(words[position + 1])
            else { return nil }
            position += 2
        }
        if let calendar {
            day = calendar
        } else {
            guard hour == nil, part == nil else { return nil }
            delay = seconds
        }
        return position
    }

    /// "2026-03-14", "2026-03-14T09:00", "2026-03-14T09:00:00Z".
    private mutating func takeInstant(_ words: [String]) -> Int? {
        guard day == nil, instant == nil else { return nil }
        let lead = words[0] == "on" || words[0] == "at" ? 1 : 0
        guard words.count > lead else { return nil }
        let text = words[lead].uppercased()
        if let time = Timestamp(rfc3339: text) {
            instant = time
            return lead + 1
        }
        let pieces = text.split(separator: "T", maxSplits: 1)
        let numbers =
            pieces.first.map { $0.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) } } ?? []
        guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let date = numbers[2], year >= 1970
        else { return nil }
        if pieces.count == 2 {
            // Without an offset the time is the one on the wall; with one that was not readable above, not a time.
            guard let local = Timestamp(rfc3339: "1970-01-01T\(pieces[1])" + (pieces[1].count == 5 ? ":00Z" : "Z"))
            else { return nil }
            hour = .exact(second: local.seconds)
        }
        day = .date(year: year, month: month, day: date)
        return lead + 1
    }

    private mutating func takeDay(_ words: [String]) -> Int? {
        guard day == nil, delay == nil, instant == nil, let (found, partFound, count) = Self.day(words) else {
            return nil
        }
        if let partFound {
            guard part == nil else { return nil }
            part = partFound
        }
        if let found {
            day = found
        } else if partFound == nil {
            question = "Is that day/month or month/day? Please write the month as a word."
        }
        return count
    }

    private mutating func takeHour(_ words: [String]) -> Int? {
        guard delay == nil, instant == nil else { return nil }
        if part == nil, let (found, count) = Self.dayPart(words) {
            part = found
            return count
        }
        guard hour == nil else { return nil }
        let lead = ["at", "@", "by", "around"].contains(words[0]) ? 1 : 0
        guard let (found, count) = Self.hour(Array(words[lead...]), isLed: lead == 1 || day != nil) else { return nil }
        hour = found
        return lead + count
    }
}
