//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The tapbacks that stand, by whose they are; pure.
///
/// Apple deletes the row of a superseded tapback, so what was taken off can only be said from our own memory, and one
/// removal may be seen twice: as a removal row and as the deletion of the adding row. The second finds nothing.
struct TapbackLedger: Sendable {
    private var standing: [StoredTapback.Place: [StoredTapback]] = [:]
    private var places: [String: StoredTapback.Place] = [:]

    /// How many tapbacks stand.
    var count: Int { places.count }

    /// Puts a tapback on and returns the ones it replaces.
    mutating func add(_ tapback: StoredTapback) -> [StoredTapback] {
        guard places[tapback.guid] == nil else { return [] }
        let place = tapback.place
        let replaced = TapbackRule.add(tapback, to: &standing[place, default: []]) { _ in true }
        for old in replaced { places[old.guid] = nil }
        places[tapback.guid] = place
        return replaced
    }

    /// Takes off what a removal row names; nil when the sender has nothing it could mean.
    mutating func remove(matching removal: StoredTapback) -> StoredTapback? {
        let candidates = standing[removal.place, default: []]
        let position = TapbackRule.position(of: removal, in: candidates) { _ in true }
        return position.flatMap { remove(guid: candidates[$0].guid) }
    }

    /// Takes off the tapback of a row; nil when it does not stand.
    @discardableResult
    mutating func remove(guid: String) -> StoredTapback? {
        guard let place = places.removeValue(forKey: guid) else { return nil }
        guard let index = standing[place]?.firstIndex(where: { $0.guid == guid }) else { return nil }
        let removed = standing[place]?.remove(at: index)
        if standing[place]?.isEmpty == true { standing[place] = nil }
        return removed
    }
}
