//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The eight patterns that break up what scanners stumble over.
enum QRMask: Int, Hashable, Sendable, CaseIterable {
    case checkerboard, rows, columns, diagonals, bricks, stars, crosses, weave

    /// Whether the module there is turned over.
    func turns(row: Int, column: Int) -> Bool {
        let product = row * column
        return switch self {
        case .checkerboard: (row + column) % 2 == 0
        case .rows: row % 2 == 0
        case .columns: column % 3 == 0
        case .diagonals: (row + column) % 3 == 0
        case .bricks: (row / 2 + column / 3) % 2 == 0
        case .stars: product % 2 + product % 3 == 0
        case .crosses: (product % 2 + product % 3) % 2 == 0
        case .weave: ((row + column) % 2 + product % 3) % 2 == 0
        }
    }
}
