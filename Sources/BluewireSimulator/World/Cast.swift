//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The people of the demonstration and what they said before it began.
///
/// Numbers are from the range kept for fiction.
enum Cast {
    static let ana = SimulatedPerson(name: "Ana Silva", address: "+12025550101")
    static let ben = SimulatedPerson(name: "Ben Okafor", address: "+12025550102", sendsReadReceipts: false)
    static let maria = SimulatedPerson(name: "Maria Morgan", address: "+12025550103")
    static let tom = SimulatedPerson(name: "Tom Morgan", address: "tom@morgan.example")
    static let courier = SimulatedPerson(
        name: "Parcel Courier", address: "+12025550105", service: "SMS", sendsReadReceipts: false
    )

    static let people = [ana, ben, maria, tom, courier]
    static let family = (name: "Family", members: [maria.address, tom.address])

    /// Who speaks in a line of history: an address, or us.
    enum Speaker: Sendable {
        case me
        case person(SimulatedPerson)
    }

    /// One line of history.
    struct Line: Sendable {
        var daysAgo: Double
        var speaker: Speaker
        var text: String

        init(_ daysAgo: Double, _ speaker: Speaker, _ text: String) {
            self.daysAgo = daysAgo
            self.speaker = speaker
            self.text = text
        }
    }

    /// What was said with each person.
    static let direct: [(with: SimulatedPerson, lines: [Line])] = [
        (
            ana,
            [
                Line(24.40, .person(ana), "I finally booked it: Lisbon, the second week of May!"),
                Line(24.39, .me, "Wonderful! Where are you staying?"),
                Line(24.38, .person(ana), "A little flat in Alfama, five minutes from the Miradouro de Santa Luzia"),
                Line(24.37, .person(ana), "The landlady says the tram 28 stops right outside"),
                Line(18.60, .me, "What should I not miss in Lisbon?"),
                Line(18.59, .person(ana), "Pastéis de Belém while they are warm, and the tile museum. Trust me 💙"),
                Line(18.58, .person(ana), "And the ferry to Cacilhas at sunset, it costs almost nothing"),
                Line(11.30, .person(ana), "Here is the tile museum: https://www.museudoazulejo.example"),
                Line(11.29, .me, "Saved. Do we need tickets?"),
                Line(11.28, .person(ana), "Not on weekdays"),
                Line(3.20, .person(ana), "My flight to Lisbon lands at 14:35, can you tell Maria?"),
                Line(3.19, .me, "Will do"),
                Line(0.60, .person(ana), "Did you get the dentist to call back?"),
                Line(0.59, .me, "Not yet, I keep forgetting"),
            ]
        ),
        (
            ben,
            [
                Line(16.50, .person(ben), "Quarterly numbers are in the shared folder"),
                Line(16.45, .me, "Thanks, reading them tonight"),
                Line(9.70, .person(ben), "Climbing on Thursday at 7?"),
                Line(9.69, .me, "Yes! I bring the rope"),
                Line(2.40, .person(ben), "The review moved to Monday 10:00, room Gauss"),
                Line(2.38, .me, "👍 see you there"),
            ]
        ),
        (
            maria,
            [
                Line(20.10, .person(maria), "Dad's birthday is on the 14th, shall we cook?"),
                Line(20.05, .me, "I'll do the dessert"),
                Line(5.50, .person(maria), "The recipe: 250 g flour, 5 eggs, 1 l milk, a little vanilla"),
                Line(5.48, .me, "Perfect, thank you"),
            ]
        ),
        (
            tom,
            [
                Line(13.20, .person(tom), "Have you seen the new telescope pictures?"),
                Line(13.10, .me, "Send me the link tonight"),
                Line(1.90, .person(tom), "東京タワー last night, so good"),
            ]
        ),
        (
            courier,
            [
                Line(7.30, .person(courier), "Your parcel 4711 arrives today between 14:00 and 16:00."),
                Line(7.10, .person(courier), "Your parcel 4711 was handed to a neighbour."),
                Line(0.90, .person(courier), "Your parcel 4802 arrives tomorrow between 9:00 and 11:00."),
            ]
        ),
    ]

    /// What was said in the family group.
    static let familyLines: [Line] = [
        Line(14.30, .person(maria), "Sunday lunch at ours, 12:30?"),
        Line(14.28, .person(tom), "I'm in, bringing the salad"),
        Line(14.27, .me, "Me too 🎉"),
        Line(4.60, .person(tom), "Who took the big cooler after the lake?"),
        Line(4.58, .person(maria), "It is in our garage"),
        Line(4.10, .me, "I pick it up on Friday"),
    ]

    /// Texts that come back from iCloud.
    static let memories = [
        "Are you coming tonight?", "Happy new year!", "The key is under the mat", "Call me when you can",
        "On my way", "That was so much fun", "Did the parcel arrive?", "See you at eight", "Remember the milk",
        "Train is late again", "Good night", "Which platform?", "Sent you the photos", "Thanks again for yesterday",
    ]

    /// A day with some life in it: minutes from the start, who, where, what.
    static let day: [(minute: Double, person: SimulatedPerson, inFamily: Bool, text: String)] = [
        (0, ana, false, "Good morning from Lisbon ☀️"),
        (1.5, ben, false, "Can you move the review to Tuesday?"),
        (3, maria, true, "Who needs a lift on Sunday?"),
        (3.6, tom, true, "Me please!"),
        (6, courier, false, "Your parcel 4802 is on its way."),
        (8, ana, false, "The ferry was worth it. Next time you come along"),
        (12, ben, false, "Never mind, Monday works"),
    ]
}
