//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Which chats were reported, and as what; pure.
struct ChatTracker: Sendable {
    /// The first byte of a stored chat mark.
    static let tag: UInt8 = 2

    private var known: [ChatID: UInt64] = [:]
    private var changed: Set<ChatID> = []

    /// What a comparison says about a chat.
    enum Verdict: Hashable, Sendable {
        case created
        case updated
        case same
    }

    init(marks: [Int64: [UInt8]]) {
        for bytes in marks.values {
            var reader = CompactReader(bytes)
            guard reader.byte() == Self.tag, let id = reader.text(), let fingerprint = reader.unsigned()
            else { continue }
            known[ChatID(rawValue: id)] = fingerprint
        }
    }

    var ids: [ChatID] { Array(known.keys) }

    func isKnown(_ id: ChatID) -> Bool { known[id] != nil }

    /// Notes what a chat looks like now and says what that means.
    mutating func note(_ id: ChatID, fingerprint: UInt64) -> Verdict {
        let old = known[id]
        guard old != fingerprint else { return .same }
        known[id] = fingerprint
        changed.insert(id)
        return old == nil ? .created : .updated
    }

    /// The marks to store since the last call.
    mutating func takeMarks() -> [Int64: [UInt8]?] {
        defer { changed = [] }
        var marks: [Int64: [UInt8]?] = [:]
        for id in changed {
            var writer = CompactWriter()
            writer.byte(Self.tag)
            writer.text(id.rawValue)
            writer.unsigned(known[id] ?? 0)
            marks.updateValue(writer.bytes, forKey: RowMark.key(of: "chat:" + id.rawValue))
        }
        return marks
    }

    /// All marks, for a baseline that replaces what is stored.
    mutating func markAll() { changed = Set(known.keys) }
}
