//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireCodec
internal import BluewireModel

extension World {
    /// Adds the people of the demonstration with their past; done once, in a new home.
    mutating func seedHistory(at now: Timestamp) throws {
        lastNow = now
        people = Cast.people
        var lines: [(chat: SimulatedChat, line: Cast.Line)] = []
        for (person, history) in Cast.direct {
            let chat = try directChat(with: person.address)
            lines += history.map { (chat, $0) }
        }
        let family = try createChat(participants: Cast.family.members, name: Cast.family.name, isGroup: true)
        lines += Cast.familyLines.map { (family, $0) }
        _ = try directChat(with: owner.number)
        lines.sort { $0.line.daysAgo > $1.line.daysAgo }
        for (chat, line) in lines { try past(line, in: chat, at: now) }
        try remember()
        try store.copy(to: home.snapshotPath)
    }

    private mutating func past(_ line: Cast.Line, in chat: SimulatedChat, at now: Timestamp) throws {
        let date = Timestamp(milliseconds: (now - .seconds(Int64(line.daysAgo * 86_400))).milliseconds)
        let seen = AppleTime.rawNanoseconds(date + .seconds(30))
        let isDirect = !chat.isGroup && chat.service != "SMS"
        var state: RowValues = ["is_finished": 1, "is_read": 1, "date_read": seen, "was_data_detected": 1]
        var outline = Outline(
            guid: random.uuid(), chat: chat, address: nil, isFromMe: false, date: date,
            content: MessageContent(text: line.text), label: .backfill, kind: "seed"
        )
        switch line.speaker {
        case .me:
            outline.isFromMe = true
            outline.address = chat.isGroup ? nil : chat.participants.first
            state["is_sent"] = 1
            state["is_delivered"] = isDirect ? 1 : 0
            state["date_delivered"] = isDirect ? AppleTime.rawNanoseconds(date + .milliseconds(2_200)) : 0
            let readers = chat.participants.allSatisfy { person($0)?.sendsReadReceipts ?? false }
            if !isDirect || !readers {
                state["is_read"] = 0
                state["date_read"] = 0
            }
        case .person(let person):
            outline.address = person.address
            state["is_delivered"] = 1
        }
        if outline.content.hasLinks {
            state["attributedBody"] = linkedBody(of: outline)
            state["has_dd_results"] = 1
        }
        _ = try write(outline, state: state, faults: Faults())
    }

    /// Plays a script: things people will say over the next minutes.
    ///
    /// - Returns: how many lines it has.
    mutating func play(_ script: Script, at now: Timestamp) throws -> Int {
        lastNow = now
        switch script {
        case .day:
            let family = chats.first { $0.isGroup && $0.name == Cast.family.name }
            for line in Cast.day {
                let chat =
                    try line.inFamily
                    ? family ?? directChat(with: line.person.address)
                    : directChat(with: line.person.address)
                let due = now + scaled(.milliseconds(Int64(line.minute * 60_000)))
                schedule(line.text, from: line.person.address, in: chat, at: due)
            }
            return Cast.day.count
        case .burst:
            let chat = try directChat(with: Cast.ana.address)
            for index in 0..<5 {
                let due = now + scaled(.milliseconds(Int64(index) * 400))
                schedule("Part \(index + 1) of what I wanted to say", from: Cast.ana.address, in: chat, at: due)
            }
            return 5
        case .group: return try playGroup(at: now)
        }
    }

    /// Ana joins the family's group, which gets a name and a photo; she sends a voice note, and leaves.
    private mutating func playGroup(at now: Timestamp) throws -> Int {
        let chat = try groupChat(with: Cast.family.members, name: nil)
        func due(_ second: Int64) -> Timestamp { now + scaled(.seconds(second)) }
        let (maria, tom, ana) = (Cast.maria.address, Cast.tom.address, Cast.ana.address)
        timeline.add(.group(chat: chat.guid, address: maria, change: .add(ana)), at: due(2))
        timeline.add(.group(chat: chat.guid, address: maria, change: .rename("Lake weekend")), at: due(6))
        schedule("Welcome, Ana!", from: tom, in: chat, at: due(8))
        let photo = Media.photo(variant: random.next())
        timeline.add(.group(chat: chat.guid, address: tom, change: .icon(photo)), at: due(14))
        timeline.add(.voice(chat: chat.guid, address: ana), at: due(18))
        timeline.add(.group(chat: chat.guid, address: ana, change: .leave), at: due(26))
        timeline.add(.group(chat: chat.guid, address: tom, change: .icon(nil)), at: due(30))
        return 7
    }

    private mutating func schedule(_ text: String, from address: String, in chat: SimulatedChat, at due: Timestamp) {
        timeline.add(.typing(chat: chat.guid, address: address, isOn: true), at: due)
        timeline.add(
            .say(chat: chat.guid, address: address, text: text), at: due + scaled(random.milliseconds(900...2_600)))
    }
}

/// A scripted stretch of time.
package enum Script: String, Sendable, CaseIterable {
    /// A day's talk of everybody within a few minutes.
    case day
    /// Five short messages of one person in a row.
    case burst
    /// A group that gets a member, a name, a photo and a voice note, and loses the member again.
    case group
}
