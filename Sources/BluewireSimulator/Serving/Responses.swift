//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel

/// `GET /state`: the people, chats and faults.
package struct SimulatorState: Sendable, Codable {
    /// The time in the simulation, RFC 3339.
    package var now: String
    /// The macOS simulated.
    package var generation: String
    /// What repeats the run.
    package var seed: UInt64
    /// How much faster than life it goes.
    package var speed: Double
    /// Where the database is.
    package var database: String
    /// Us.
    package var owner: SimulatedOwner
    /// Everybody who can write to us.
    package var people: [SimulatedPerson]
    /// Every chat with who types there.
    package var chats: [ChatState]
    /// What goes wrong at present.
    package var faults: Faults
    /// What will go wrong with the next message only.
    package var armed: FaultChange?
    /// The number of the newest event of `GET /events`.
    package var sequence: Int
    /// How many things are still going to happen.
    package var pending: Int

    /// A chat and what is not in the database: typing.
    package struct ChatState: Sendable, Codable {
        /// The chat's guid.
        package var guid: String
        /// Whether it is a group.
        package var isGroup: Bool
        /// Whether it is the note-to-self chat.
        package var isSelf: Bool
        /// Its name: the group's, else its people's.
        package var name: String
        /// The transfer guid of the group's photo.
        package var icon: String?
        /// Whether we left it.
        package var hasLeft: Bool
        /// The addresses of everybody but us.
        package var participants: [String]
        /// The service of its messages.
        package var service: String
        /// Who types.
        package var typing: [String]
        /// Whether we are shown as typing.
        package var ownTyping: Bool
    }
}

extension World {
    /// What `GET /state` answers.
    func state(at now: Timestamp) -> SimulatorState {
        SimulatorState(
            now: now.rfc3339, generation: generation.rawValue, seed: seed, speed: speed, database: home.databasePath,
            owner: owner, people: people,
            chats: chats.map { chat in
                let names = chat.participants.map { address -> String in
                    if chat.isSelf { return owner.name }
                    let name = person(address)?.name ?? ""
                    return name.isEmpty ? address : name
                }
                return SimulatorState.ChatState(
                    guid: chat.guid, isGroup: chat.isGroup, isSelf: chat.isSelf,
                    name: chat.name ?? names.joined(separator: ", "), icon: chat.photo,
                    hasLeft: chat.hasLeft ?? false, participants: chat.participants,
                    service: chat.service, typing: typing[chat.guid] ?? [], ownTyping: ownTyping.contains(chat.guid)
                )
            },
            faults: faults, armed: armed, sequence: feed.last, pending: timeline.count
        )
    }
}

/// `GET /events`: what happened after a number, and the number to ask with next.
package struct SimulatorEvents: Sendable, Codable {
    /// The events, oldest first.
    package var events: [FeedEvent]
    /// What to pass as `after` next time.
    package var next: Int
}

/// `GET /labels`.
package struct SimulatorLabels: Sendable, Codable {
    /// The labels, in the order the rows were written.
    package var labels: [RowLabel]
}

/// What went wrong with a request.
package struct SimulatorFailure: Sendable, Codable {
    /// A stable code.
    package var code: String
    /// What happened.
    package var message: String
    /// What to do about it.
    package var remedy: String
}

/// An answer without content of its own.
struct SimulatorNotice: Sendable, Codable {
    var status = "ok"
    var detail: String?
    var lines: Int?
}
