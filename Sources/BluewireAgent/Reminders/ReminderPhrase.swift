//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Reads what a person wrote when asking for a reminder.
///
/// Pure: the time now and the zone are given.
///
/// The rules where English leaves a choice: a bare hour from 1 to 6 is in the afternoon and from 7 to 12 in the morning
/// or at noon, unless the day says otherwise; without a day, the next time clocks show it. A weekday alone is the next
/// one after today; "next friday" is the Friday of next week (weeks start on Monday). A day without a time means 09:00.
package struct ReminderPhrase: Hashable, Sendable {
    /// What to be reminded of; empty when the phrase did not say.
    package var task: String
    /// When.
    package var time: When

    /// When to remind.
    package enum When: Hashable, Sendable {
        /// At this time, understood in this zone.
        case at(Timestamp, ZoneName)
        /// The phrase names no time.
        case missing
        /// The phrase can mean several times; the text asks which.
        case ambiguous(question: String)
        /// The time has passed.
        case past
        /// Something repeating, which is not supported.
        case repeating
    }

    /// Reads `text` when it asks for a reminder.
    ///
    /// - Returns: nil when the text asks for something else.
    package init?(_ text: String, now: Timestamp, zone: ZoneName) {
        var words = PhraseWord.split(text)
        guard PhraseWord.dropLeadIn(&words) else { return nil }
        self.init(words: words, now: now, zone: zone)
    }

    /// Reads a time alone, such as the answer to "when?" or a tool's argument; the task is empty when all was time.
    package init(time text: String, now: Timestamp, zone: ZoneName) {
        self.init(words: PhraseWord.split(text), now: now, zone: zone)
    }

    private init(words: [PhraseWord], now: Timestamp, zone: ZoneName) {
        var expression = TimeExpression()
        var rest = words[...]
        while let count = expression.take(rest) { rest = rest.dropFirst(count) }
        while let first = rest.first, ["to", "that", "about", "of", "and", "-", "for", "is"].contains(first.lower) {
            rest = rest.dropFirst()
        }
        // The time may also follow the task; then everything to the end must belong to it.
        for start in rest.indices where start > rest.startIndex || expression == TimeExpression() {
            var trial = expression
            var tail = rest[start...]
            while let count = trial.take(tail) { tail = tail.dropFirst(count) }
            if tail.isEmpty, trial != expression {
                expression = trial
                rest = rest[..<start]
                break
            }
        }
        task = PhraseWord.join(rest)
        time = expression.resolve(now: now, zone: zone)
    }
}
