//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Folds the tapback rows of messages into the tapbacks that stand, in the order of (date, row).
///
/// A sender holds at most one of the exclusive kinds on a part; stickers accumulate. A removal takes off the matching
/// tapback, and when none matches, the sender's current one.
struct TapbackFold {
    private struct Place: Hashable {
        var target: String
        var part: Int
    }

    private var standing: [Place: [Tapback]] = [:]
    private var order: [String: [Place]] = [:]

    /// Takes a row into account; call in ascending order of (date, row).
    ///
    /// - Parameter type: Apple's `associated_message_type`, of an addition or a removal.
    mutating func apply(_ tapback: Tapback, type: Int) {
        let place = Place(target: tapback.target.rawValue, part: tapback.part)
        var list = standing[place] ?? []
        if standing[place] == nil { order[place.target, default: []].append(place) }
        let mine = { (other: Tapback) in
            // Equal addresses need no comparable form, which takes a look at every character.
            other.isFromMe == tapback.isFromMe
                && (tapback.isFromMe || other.sender?.address == tapback.sender?.address
                    || other.sender?.key == tapback.sender?.key)
        }
        if type >= 3000 {
            let kind = Tapback.Kind(rawValue: type - 1000)
            let matching = list.lastIndex {
                mine($0) && $0.kind == kind && (tapback.emoji == nil || $0.emoji == tapback.emoji)
            }
            if let index = matching ?? list.lastIndex(where: { mine($0) && $0.kind.isExclusive }) {
                list.remove(at: index)
            }
        } else {
            if tapback.kind.isExclusive { list.removeAll { mine($0) && $0.kind.isExclusive } }
            list.append(tapback)
        }
        standing[place] = list
    }

    /// The tapbacks that stand on `target`, by part and then by date.
    func tapbacks(on target: String) -> [Tapback] {
        guard let places = order[target] else { return [] }
        return places.sorted { $0.part < $1.part }.flatMap { standing[$0] ?? [] }
    }
}
