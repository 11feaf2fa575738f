//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import BluewireModel
import Testing

@Suite struct ReminderPhraseTests {
    @Test func theTableIsLargeEnough() {
        #expect(PhraseExpectation.all.count >= 300)
        #expect(Set(PhraseExpectation.all.map(\.zone)).count >= 10)
    }

    @Test func everyPhraseMeansWhatZoneinfoSays() throws {
        for expected in PhraseExpectation.all {
            let zone = try #require(ZoneName(expected.zone))
            let phrase = ReminderPhrase(expected.phrase, now: Timestamp(seconds: expected.now), zone: zone)
            guard case .at(let due, _)? = phrase?.time else {
                Issue.record("\(expected.phrase) gave \(String(describing: phrase?.time))")
                continue
            }
            #expect(due.seconds == expected.due, "\(expected.phrase) in \(expected.zone) at \(expected.now)")
            #expect(phrase?.task == expected.task, "\(expected.phrase)")
        }
    }

    // Thursday, 15 January 2026, 14:00 in Berlin.
    private static let now = Timestamp(seconds: 1_768_482_000)

    private func read(_ text: String, hour: Int64 = 14) throws -> (task: String, time: String) {
        let zone = try #require(ZoneName("Europe/Berlin"))
        let now = Self.now + .seconds((hour - 14) * 3600)
        let phrase = try #require(ReminderPhrase(text, now: now, zone: zone))
        let time =
            switch phrase.time {
            case .at(let time, let zone):
                "\(LocalTime(time, in: zone).day - 20_468) \(SpokenTime.short(time, in: zone))"
            case .missing: "missing"
            case .ambiguous: "ambiguous"
            case .past: "past"
            case .repeating: "repeating"
            }
        return (phrase.task, time)
    }

    @Test(arguments: [
        ("remind me at 6 to cook", "cook", "0 15 Jan 18:00"), ("remind me at 9 to cook", "cook", "0 15 Jan 21:00"),
        ("remind me at 9am to cook", "cook", "1 16 Jan 09:00"), ("remind me at 1 to cook", "cook", "1 16 Jan 13:00"),
        ("remind me today at 6 to cook", "cook", "0 15 Jan 18:00"),
        ("remind me tomorrow at 5 to cook", "cook", "1 16 Jan 17:00"),
        ("remind me tomorrow to cook", "cook", "1 16 Jan 09:00"),
        ("remind me tomorrow morning to run", "run", "1 16 Jan 09:00"),
        ("remind me tomorrow evening at 8 to run", "run", "1 16 Jan 20:00"),
        ("remind me tomorrow at 5 in the morning to run", "run", "1 16 Jan 05:00"),
        ("remind me at half past nine to run", "run", "0 15 Jan 21:30"),
        ("remind me tomorrow at quarter to ten to run", "run", "1 16 Jan 09:45"),
        ("remind me this evening to run", "run", "0 15 Jan 18:00"),
        ("remind me tonight at 11 to sleep", "sleep", "0 15 Jan 23:00"),
        ("remind me tonight at midnight to sleep", "sleep", "1 16 Jan 00:00"),
        ("remind me at midnight to sleep", "sleep", "1 16 Jan 00:00"),
        ("remind me at noon to eat", "eat", "1 16 Jan 12:00"),
        ("remind me in half an hour to eat", "eat", "0 15 Jan 14:30"),
        ("remind me in an hour to eat", "eat", "0 15 Jan 15:00"),
        ("remind me in an hour and a half to eat", "eat", "0 15 Jan 15:30"),
        ("remind me in 1h30m to eat", "eat", "0 15 Jan 15:30"),
        ("remind me in 2 hours and 15 minutes to eat", "eat", "0 15 Jan 16:15"),
        ("remind me in 90 min to eat", "eat", "0 15 Jan 15:30"),
        ("remind me in 3 days at 8am to eat", "eat", "3 18 Jan 08:00"),
        ("remind me in a month to pay", "pay", "31 15 Feb 09:00"),
        ("remind me next week to pay", "pay", "7 22 Jan 09:00"),
        ("remind me the day after tomorrow to pay", "pay", "2 17 Jan 09:00"),
        ("remind me on friday to pay", "pay", "1 16 Jan 09:00"),
        ("remind me next friday to pay", "pay", "8 23 Jan 09:00"),
        ("remind me on thursday to pay", "pay", "7 22 Jan 09:00"),
        ("remind me on the 20th to pay", "pay", "5 20 Jan 09:00"),
        ("remind me on the 3rd of March at 8 to pay", "pay", "47 3 Mar 08:00"),
        ("remind me March 3rd to pay", "pay", "47 3 Mar 09:00"),
        ("remind me on 2 January to pay", "pay", "352 2 Jan 09:00"),
        ("remind me on 25.12. to pay", "pay", "344 25 Dec 09:00"),
        ("remind me on 1/25 to pay", "pay", "10 25 Jan 09:00"),
        ("remind me on 25/1 at 7pm to pay", "pay", "10 25 Jan 19:00"),
        (
            "remind me to call mom about friday's party tomorrow at 10", "call mom about friday's party",
            "1 16 Jan 10:00"
        ),
        ("remind me tomorrow to buy 3 apples at 5pm", "buy 3 apples", "1 16 Jan 17:00"),
        ("can you remind me to pay, please, tomorrow?", "pay, please", "1 16 Jan 09:00"),
        ("Reminder: pay tomorrow at 10:30", "pay", "1 16 Jan 10:30"),
        ("set a reminder for tomorrow at 10 to pay", "pay", "1 16 Jan 10:00"),
        ("remind me two days from now to pay", "pay", "2 17 Jan 09:00"),
        ("remind me at 16:00 UTC to pay", "pay", "0 15 Jan 16:00"),
        ("remind me at 3 o'clock to pay", "pay", "0 15 Jan 15:00"),
        ("remind me at 18h30 to pay", "pay", "0 15 Jan 18:30"),
        ("remind me to read chapter 5", "read chapter 5", "missing"), ("remind me to pay on 3/4", "pay", "ambiguous"),
        ("remind me yesterday to pay", "pay", "past"), ("remind me today at 9am to pay", "pay", "past"),
        ("remind me every monday to pay", "pay", "repeating"), ("remind me on 31 February to pay", "pay", "ambiguous"),
        ("remind me tomorrow at 9", "", "1 16 Jan 09:00"), ("remind me on 2025-01-01 to pay", "pay", "past"),
        ("remind me to call Berlin at 9pm", "call Berlin", "0 15 Jan 21:00"),
    ])
    func phrasesFollowTheStatedRules(_ text: String, _ task: String, _ time: String) throws {
        let result = try read(text)
        #expect(result.task == task)
        #expect(result.time == time)
    }

    @Test(arguments: ["call me tomorrow", "what reminds me of summer", "", "tasks", "remember the milk"])
    func otherTextsAreNoReminders(_ text: String) throws {
        #expect(ReminderPhrase(text, now: Self.now, zone: .utc) == nil)
    }

    @Test func anyTextIsReadWithoutTrapping() {
        var generator = SystemRandomNumberGenerator()
        let words = [
            "remind", "me", "in", "at", "9", "half", "past", "a", "couple", "of", "quarter", "to", "the", "31st",
            "february", "-1",
            "99999", "1h", "/", "3/", ":", "T", "2026-13-40", "next", "this", "day", "after", "on", "[::]", "é", "9:99",
            "25pm",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...9, using: &generator)).map { _ in words.randomElement() ?? "" }
            _ = ReminderPhrase("remind me " + text.joined(separator: " "), now: Self.now, zone: .utc)
        }
    }
}
