//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
import Crypto
import Synchronization

/// Gives every merged chat its stable ``ChatID`` and remembers by which GUIDs it was given.
///
/// One object is shared by the reader and the watcher of a line. Ids given so far come from the journal; ids given
/// for the first time are collected until ``takeNew()`` hands them to the next batch.
package final class ChatIdentities: Sendable {
    private struct State {
        var known: [ChatGUID: ChatID]
        var new: [ChatGUID: ChatID] = [:]
    }

    private let state: Mutex<State>

    /// Starts with what was given before.
    package init(known: [ChatGUID: ChatID] = [:]) {
        state = Mutex(State(known: known))
    }

    /// Adds ids that were given in an earlier life; they win over ids given since.
    package func restore(_ known: [ChatGUID: ChatID]) {
        state.withLock { state in
            state.known.merge(known) { _, stored in stored }
            for guid in known.keys { state.new[guid] = nil }
        }
    }

    /// The id of the chat known by that GUID; nil before its first sight.
    package func id(for guid: ChatGUID) -> ChatID? {
        state.withLock { $0.known[guid] }
    }

    /// What was given since the last call, to be stored with the next batch.
    package func takeNew() -> [ChatGUID: ChatID] {
        state.withLock { state in
            defer { state.new = [:] }
            return state.new
        }
    }

    /// Puts back what a failed batch could not store.
    package func putBack(_ given: [ChatGUID: ChatID]) {
        state.withLock { $0.new.merge(given) { newer, _ in newer } }
    }

    /// Names merged chats, in order; each is given by its member GUIDs, lowest row first.
    ///
    /// An id that a member already has is kept. When a chat was split, the part with the lowest row keeps the id
    /// and the others get ids of their own, because a session bound to the old id must not reach them.
    package func names(of chats: [[ChatGUID]], line: LineID) -> [ChatID] {
        state.withLock { state in
            var taken: Set<ChatID> = []
            return chats.map { members in
                let known = members.compactMap { state.known[$0] }
                let kept = known.first { !taken.contains($0) }
                let id = kept ?? Self.freshName(members: members, line: line, taken: taken)
                taken.insert(id)
                for guid in members where state.known[guid] != id {
                    state.known[guid] = id
                    state.new[guid] = id
                }
                return id
            }
        }
    }

    private static func freshName(members: [ChatGUID], line: LineID, taken: Set<ChatID>) -> ChatID {
        guard let first = members.first else { return ChatID(rawValue: "ch_") }
        let style = first.style.map(String.init) ?? "-"
        let name = hashed(line.rawValue + style + first.identifier)
        return taken.contains(name) ? hashed(line.rawValue + style + first.identifier + first.rawValue) : name
    }

    /// `ch_` and the first 16 digits of the lower-case base-32 form of the SHA-256 of `text`.
    private static func hashed(_ text: String) -> ChatID {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        var digits: [UInt8] = []
        var buffer: UInt64 = 0
        var bits = 0
        for byte in SHA256.hash(data: Array(text.utf8)).prefix(10) {
            buffer = buffer << 8 | UInt64(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                digits.append(alphabet[Int(buffer >> UInt64(bits) & 31)])
            }
        }
        return ChatID(rawValue: "ch_" + String(decoding: digits, as: UTF8.self))
    }
}
