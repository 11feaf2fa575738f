//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// An `associated_message_type` that belongs to a tapback: 1000, 2000…2007, and 3000…3007 for removals.
struct TapbackType: Hashable, Sendable {
    /// What is put on or taken off.
    let kind: Tapback.Kind
    /// Whether it is taken off.
    let isRemoval: Bool

    /// Reads Apple's number; nil when the row is no tapback.
    init?(_ number: Int64) {
        guard number == 1000 || (2000...2007).contains(number) || (3000...3007).contains(number) else { return nil }
        isRemoval = number >= 3000
        kind = Tapback.Kind(rawValue: Int(isRemoval ? number - 1000 : number))
    }
}
