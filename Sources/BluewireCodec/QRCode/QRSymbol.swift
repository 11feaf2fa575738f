//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The modules of a code while it is drawn.
struct QRSymbol: Hashable, Sendable {
    private let size: Int
    private(set) var modules: [Bool]
    /// The modules that carry no data, and are never masked.
    private var isFixed: [Bool]

    /// Everything but the mask and the format.
    init(_ version: QRVersion, carrying codewords: [UInt8]) {
        size = version.size
        modules = Array(repeating: false, count: size * size)
        isFixed = modules
        drawPatterns(version)
        // Its place is reserved; what it says depends on the mask.
        drawFormat(.checkerboard)
        drawVersion(version.number)
        draw(codewords)
    }

    /// The symbol under a mask, complete.
    func masked(by mask: QRMask) -> QRSymbol {
        var symbol = self
        for row in 0..<size {
            for column in 0..<size where !isFixed[row * size + column] && mask.turns(row: row, column: column) {
                symbol.modules[row * size + column].toggle()
            }
        }
        symbol.drawFormat(mask)
        return symbol
    }

    // MARK: Drawing

    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        modules[row * size + column] = isDark
        isFixed[row * size + column] = true
    }

    private mutating func drawPatterns(_ version: QRVersion) {
        for index in 0..<size {
            fix(6, index, index % 2 == 0)
            fix(index, 6, index % 2 == 0)
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        let last = version.alignment.count - 1
        for (rowIndex, row) in version.alignment.enumerated() {
            for (columnIndex, column) in version.alignment.enumerated() {
                // Three corners belong to the finders.
                let corner = [(0, 0), (0, last), (last, 0)].contains { $0 == (rowIndex, columnIndex) }
                if !corner { drawAlignment(row, column) }
            }
        }
    }

    /// A finder with its light border, as far as it lies inside.
    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for rowOffset in -4...4 {
            for columnOffset in -4...4 {
                let (row, column) = (row + rowOffset, column + columnOffset)
                guard (0..<size).contains(row), (0..<size).contains(column) else { continue }
                let distance = max(abs(rowOffset), abs(columnOffset))
                fix(row, column, distance != 2 && distance != 4)
            }
        }
    }

    private mutating func drawAlignment(_ row: Int, _ column: Int) {
        for rowOffset in -2...2 {
            for columnOffset in -2...2 {
                fix(row + rowOffset, column + columnOffset, max(abs(rowOffset), abs(columnOffset)) != 1)
            }
        }
    }

    /// Level and mask, twice, and the module that is always dark.
    private mutating func drawFormat(_ mask: QRMask) {
        let bits = Self.format(mask)
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { fix(index, 8, bit(index)) }
        fix(7, 8, bit(6))
        fix(8, 8, bit(7))
        fix(8, 7, bit(8))
        for index in 9..<15 { fix(8, 14 - index, bit(index)) }
        for index in 0..<8 { fix(8, size - 1 - index, bit(index)) }
        for index in 8..<15 { fix(size - 15 + index, 8, bit(index)) }
        fix(size - 8, 8, true)
    }

    private mutating func drawVersion(_ number: Int) {
        guard number >= 7 else { return }
        let bits = Self.version(number)
        for index in 0..<18 {
            let (near, far) = (index / 3, size - 11 + index % 3)
            fix(near, far, bits >> index & 1 == 1)
            fix(far, near, bits >> index & 1 == 1)
        }
    }

    /// Two columns at a time from the right, up and down in turns, past what is fixed.
    private mutating func draw(_ codewords: [UInt8]) {
        var index = 0
        var isUpward = true
        var right = size - 1
        while right > 0 {
            if right == 6 { right -= 1 }
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] where !isFixed[row * size + column] {
                    guard index < codewords.count * 8 else { continue }
                    modules[row * size + column] = codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
                    index += 1
                }
            }
            isUpward.toggle()
            right -= 2
        }
    }

    /// The format bits of level M: five bits with their BCH remainder, under the standard's mask.
    static func format(_ mask: QRMask) -> Int {
        (mask.rawValue << 10 | remainder(mask.rawValue, generator: 0x537, degree: 10)) ^ 0x5412
    }

    /// The version bits: six bits with their BCH remainder.
    static func version(_ number: Int) -> Int {
        number << 12 | remainder(number, generator: 0x1F25, degree: 12)
    }

    private static func remainder(_ value: Int, generator: Int, degree: Int) -> Int {
        var remainder = value
        for _ in 0..<degree { remainder = remainder << 1 ^ (remainder >> (degree - 1)) * generator }
        return remainder
    }

    // MARK: Choosing a mask

    /// How hard the symbol is to read, by the four rules of the standard.
    var penalty: Int {
        var points = 0
        for line in 0..<size {
            points += Self.linePenalty((0..<size).map { modules[line * size + $0] })
            points += Self.linePenalty((0..<size).map { modules[$0 * size + line] })
        }
        for row in 0..<(size - 1) {
            for column in 0..<(size - 1) {
                let first = row * size + column
                let square = [first, first + 1, first + size, first + size + 1].map { modules[$0] }
                if Set(square).count == 1 { points += 3 }
            }
        }
        // Ten points for every five per cent that the dark modules are away from half.
        let dark = modules.count { $0 }
        let distance = abs(20 * dark - 10 * modules.count)
        points += ((distance + modules.count - 1) / modules.count - 1) * 10
        return points
    }

    /// Runs of five and more, and what looks like a finder.
    private static func linePenalty(_ line: [Bool]) -> Int {
        var points = 0
        // Light and dark in turns, light first and last.
        var runs = [0]
        for (index, module) in line.enumerated() {
            if module != (index > 0 && line[index - 1]) { runs.append(0) }
            runs[runs.count - 1] += 1
        }
        for run in runs where run >= 5 { points += run - 2 }
        if runs.count % 2 == 0 { runs.append(0) }
        // What lies outside is light: the quiet zone.
        runs[0] += line.count
        runs[runs.count - 1] += line.count
        for index in stride(from: 1, to: runs.count - 5, by: 2) {
            let unit = runs[index]
            guard runs[(index + 1)...(index + 4)].elementsEqual([unit, 3 * unit, unit, unit]) else { continue }
            let (before, after) = (runs[index - 1], runs[index + 5])
            if before >= 4 * unit, after >= unit { points += 40 }
            if after >= 4 * unit, before >= unit { points += 40 }
        }
        return points
    }
}
