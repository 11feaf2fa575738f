//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What a phrase said about time so far: at most one day, one time of day, one delay and one zone.
struct TimeExpression: Hashable {
    enum Day: Hashable {
        case offset(Int64)
        case weekday(Int64, Week)
        case dayOfMonth(Int64)
        case date(year: Int64?, month: Int64, day: Int64)
        case months(Int64)
        case tonight
    }

    enum Week: Hashable {
        case coming, this, next
    }

    enum Hour: Hashable {
        /// The hour may be meant in either half of the day.
        case bare(second: Int64)
        /// The hour is certain.
        case exact(second: Int64)
        case midnight
    }

    enum DayPart: Hashable {
        case morning, afternoon, evening, night

        var standardSecond: Int64 {
            switch self {
            case .morning: 9 * 3600
            case .afternoon: 15 * 3600
            case .evening: 18 * 3600
            case .night: 21 * 3600
            }
        }
    }

    var day: Day?
    var hour: Hour?
    var part: DayPart?
    /// A delay in seconds, for minutes and hours.
    var delay: Int64?
    /// A fixed instant, from a date-time with offset.
    var instant: Timestamp?
    var zone: ZoneName?
    var repeats = false
    var question: String?

    /// The time meant, seen from `now`.
    func resolve(now: Timestamp, zone home: ZoneName) -> ReminderPhrase.When {
        if repeats { return .repeating }
        if let question { return .ambiguous(question: question) }
        let zone = zone ?? home
        if let instant { return instant > now ? .at(instant, zone) : .past }
        if let delay { return delay > 0 ? .at(now + .seconds(delay), zone) : .past }
        guard day != nil || hour != nil || part != nil else { return .missing }
        let today = LocalTime(now, in: zone)
        guard let local = local(from: today) else {
            return .ambiguous(question: "That date does not exist. Which day do you mean?")
        }
        let time = local.timestamp(in: zone)
        return time > now ? .at(time, zone) : .past
    }

    private func local(from today: LocalTime) -> LocalTime? {
        guard let day else { return nextOccurrence(from: today) }
        guard let date = date(of: day, from: today) else { return nil }
        if day == .tonight {
            switch hour {
            case .midnight: return LocalTime(day: date + 1, second: 0)
            case .bare(let second):
                let evening = second % 43_200 + 43_200
                // Twelve tonight is midnight, one to four tonight are past it.
                return second % 43_200 < 5 * 3600
                    ? LocalTime(day: date + 1, second: second % 43_200) : LocalTime(day: date, second: evening)
            case .exact(let second): return LocalTime(day: second < 5 * 3600 ? date + 1 : date, second: second)
            case nil: return LocalTime(day: date, second: today.second < 20 * 3600 ? 20 * 3600 : 22 * 3600)
            }
        }
        var local = LocalTime(day: date, second: second(standard: 9 * 3600))
        // "Today at 6" written at 14:00 means the evening; what is certain stays, and is then past.
        if date == today.day, case .bare(let second) = hour, part == nil, local.second <= today.second {
            local.second = second % 43_200 + (local.second < 43_200 ? 43_200 : 0)
        }
        if case .months = day, hour == nil, part == nil { local.second = 9 * 3600 }
        return local
    }

    /// A time of day without a day: the next time clocks show it.
    private func nextOccurrence(from today: LocalTime) -> LocalTime {
        if case .bare(let second) = hour, part == nil {
            let candidates = [second % 43_200, second % 43_200 + 43_200].filter { $0 > today.second }
            if let soon = candidates.min() { return LocalTime(day: today.day, second: soon) }
            return LocalTime(day: today.day + 1, second: self.second(standard: 0))
        }
        if case .midnight = hour { return LocalTime(day: today.day + 1, second: 0) }
        let second = second(standard: 9 * 3600)
        return LocalTime(day: second > today.second ? today.day : today.day + 1, second: second)
    }

    /// The second of the day that the words give, with the rule for bare hours.
    private func second(standard: Int64) -> Int64 {
        switch (hour, part) {
        case (.exact(let second), _): return second
        case (.midnight, _): return 0
        case (.bare(let second), .morning?): return second % 43_200
        case (.bare(let second), .night?):
            return second % 43_200 < 5 * 3600 ? second % 43_200 : second % 43_200 + 43_200
        case (.bare(let second), .some): return second % 43_200 + 43_200
        case (.bare(let second), nil):
            let half = second % 43_200
            return half >= 7 * 3600 ? half : half + 43_200
        case (nil, let part?): return part.standardSecond
        case (nil, nil): return standard
        }
    }

    private func date(of day: Day, from today: LocalTime) -> Int64? {
        let (year, month, _) = Timestamp.civilDate(daysSince1970: today.day)
        switch day {
        case .tonight: return today.day
        case .offset(let days): return today.day + days
        case .weekday(let wanted, let week):
            switch week {
            case .next: return today.day - today.weekday + 7 + wanted
            case .this: return today.day + (wanted - today.weekday + 7) % 7
            case .coming:
                let distance = (wanted - today.weekday + 7) % 7
                return today.day + (distance == 0 ? 7 : distance)
            }
        case .months(let count):
            let (year, month, dayOfMonth) = Timestamp.civilDate(daysSince1970: today.day)
            let index = year * 12 + month - 1 + count
            let (newYear, newMonth) = (index / 12, index % 12 + 1)
            // 31 January plus a month is the last day of February.
            return Self.days(newYear, newMonth, min(dayOfMonth, Self.length(ofMonth: newMonth, in: newYear)))
        case .dayOfMonth(let wanted):
            for offset in 0..<12 {
                let index = year * 12 + month - 1 + Int64(offset)
                if let found = Self.days(index / 12, index % 12 + 1, wanted), isAhead(found, of: today) { return found }
            }
            return nil
        case .date(let given?, let month, let day):
            return Self.days(given, month, day)
        case .date(nil, let month, let day):
            for candidate in year...(year + 8) {
                if let found = Self.days(candidate, month, day), isAhead(found, of: today) { return found }
            }
            return nil
        }
    }

    private func isAhead(_ day: Int64, of today: LocalTime) -> Bool {
        day > today.day || (day == today.day && second(standard: 9 * 3600) > today.second)
    }

    private static func length(ofMonth month: Int64, in year: Int64) -> Int64 {
        let next = month == 12 ? (year + 1, Int64(1)) : (year, month + 1)
        return Timestamp.daysSince1970(year: next.0, month: next.1, day: 1)
            - Timestamp.daysSince1970(year: year, month: month, day: 1)
    }

    /// The day number of a date; nil when it does not exist.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        guard (1...12).contains(month), (1970...2261).contains(year),
            (1...length(ofMonth: month, in: year)).contains(day)
        else { return nil }
        return Timestamp.daysSince1970(year: year, month: month, day: day)
    }
}
