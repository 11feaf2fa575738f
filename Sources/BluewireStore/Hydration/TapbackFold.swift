//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Folds the tapback rows of messages into the tapbacks that stand, in the order of (date, row).
struct TapbackFold {
    private struct Place: Hashable {
        var target: String
        var part: Int
    }

    private var standing: [Place: [Tapback]] = [:]
    private var order: [String: [Place]] = [:]

    /// Takes a row into account; call in ascending order of (date, row).
    mutating func apply(_ tapback: Tapback, isRemoval: Bool) {
        let place = Place(target: tapback.target.rawValue, part: tapback.part)
        var list = standing[place] ?? []
        if standing[place] == nil { order[place.target, default: []].append(place) }
        let mine = { (other: Tapback) in
            // Equal addresses need no comparable form, which takes a look at every character.
            other.isFromMe == tapback.isFromMe
                && (tapback.isFromMe || other.sender?.address == tapback.sender?.address
                    || other.sender?.key == tapback.sender?.key)
        }
        if isRemoval {
            if let index = TapbackRule.position(of: tapback, in: list, where: mine) { list.remove(at: index) }
        } else {
            TapbackRule.add(tapback, to: &list, where: mine)
        }
        standing[place] = list
    }

    /// The tapbacks that stand on `target`, by part and then by date.
    func tapbacks(on target: String) -> [Tapback] {
        guard let places = order[target] else { return [] }
        return places.sorted { $0.part < $1.part }.flatMap { standing[$0] ?? [] }
    }
}
