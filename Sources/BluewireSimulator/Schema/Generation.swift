//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The macOS whose Messages database is simulated.
package enum Generation: String, Sendable, Codable, CaseIterable, Comparable {
    /// macOS 13: edits and unsends are new, no emoji tapbacks.
    case ventura = "13"
    /// macOS 15: emoji tapbacks, Send Later.
    case sequoia = "15"
    /// macOS 26: `any;` chat names, chat look-up tables, Apple's SQL functions in triggers.
    case tahoe = "26"

    package static func < (left: Generation, right: Generation) -> Bool {
        left.order < right.order
    }

    private var order: Int {
        switch self {
        case .ventura: 13
        case .sequoia: 15
        case .tahoe: 26
        }
    }
}
