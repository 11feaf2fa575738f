//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What adding and removing tapbacks does to the ones that stand on a part; the watcher and the listings share it.
///
/// A sender holds at most one of the exclusive kinds on a part; stickers accumulate. A removal takes off the matching
/// tapback, and when none matches, the sender's current exclusive one.
enum TapbackRule {
    /// Puts `tapback` on and returns the ones it replaces; `isMine` picks those of its sender.
    @discardableResult
    static func add<Item: StandingTapback>(
        _ tapback: Item, to standing: inout [Item], where isMine: (Item) -> Bool
    ) -> [Item] {
        var replaced: [Item] = []
        if tapback.kind.isExclusive {
            replaced = standing.filter { isMine($0) && $0.kind.isExclusive }
            if !replaced.isEmpty { standing.removeAll { isMine($0) && $0.kind.isExclusive } }
        }
        standing.append(tapback)
        return replaced
    }

    /// Where the tapback stands that `removal` takes off; nil when there is none.
    static func position<Item: StandingTapback>(
        of removal: Item, in standing: [Item], where isMine: (Item) -> Bool
    ) -> Int? {
        let matching = standing.lastIndex {
            isMine($0) && $0.kind == removal.kind && (removal.emoji == nil || $0.emoji == removal.emoji)
        }
        return matching ?? standing.lastIndex { isMine($0) && $0.kind.isExclusive }
    }
}

/// A tapback as ``TapbackRule`` looks at it; a removal names the kind it takes off.
protocol StandingTapback {
    /// What it expresses.
    var kind: Tapback.Kind { get }
    /// The emoji of ``Tapback/Kind/emoji``; nil otherwise.
    var emoji: String? { get }
}

extension Tapback: StandingTapback {}
