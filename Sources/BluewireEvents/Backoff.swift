//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Pauses between tries that double from one second to a minute.
package struct Backoff: Sendable {
    private var tries = 0

    /// The first pause is one second.
    package init() {}

    /// The pause before the next try.
    package mutating func next() -> Duration {
        defer { tries += 1 }
        return .seconds(min(60, 1 << min(tries, 6)))
    }

    /// Starts over after a success.
    package mutating func reset() { tries = 0 }
}
