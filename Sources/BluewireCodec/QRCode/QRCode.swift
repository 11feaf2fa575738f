//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A QR code of any bytes: byte mode, error correction level M, the smallest version that holds them (ISO/IEC 18004).
///
/// Versions up to 13 are enough for an address with a code and a pin, and fit a terminal of 80 columns.
package struct QRCode: Hashable, Sendable {
    /// How many modules a side has, without the quiet zone.
    package let size: Int
    private let modules: [Bool]

    /// How many light modules belong around a code on every side.
    package static let quietZone = 4

    /// The code of `bytes`; nil when they are too many.
    package init?(_ bytes: [UInt8]) {
        guard let version = QRVersion.all.first(where: { $0.capacity >= bytes.count }) else { return nil }
        var best: (symbol: QRSymbol, penalty: Int)?
        let blank = QRSymbol(version, carrying: version.codewords(of: bytes))
        for mask in QRMask.allCases {
            let symbol = blank.masked(by: mask)
            let penalty = symbol.penalty
            if best.map({ penalty < $0.penalty }) ?? true { best = (symbol, penalty) }
        }
        size = version.size
        modules = best?.symbol.modules ?? []
    }

    /// Whether the module there is dark; outside the code everything is light.
    package func isDark(row: Int, column: Int) -> Bool {
        (0..<size).contains(row) && (0..<size).contains(column) && modules[row * size + column]
    }
}
