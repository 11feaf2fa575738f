//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A QR code in half blocks: two rows of modules a line.
enum QRLines {
    /// The lines of a picture whose rows say what is dark.
    ///
    /// With colours they are black on white whatever the terminal's own are; without, light modules are drawn, as suits
    /// dark terminals.
    static func of(_ picture: [[Bool]], hasColour: Bool) -> [String] {
        stride(from: 0, to: picture.count, by: 2).map { row in
            let top = picture[row]
            let bottom = row + 1 < picture.count ? picture[row + 1] : []
            let text = String(
                top.indices.map { column in
                    let isTop = top[column] == hasColour
                    let isBottom = (bottom.indices.contains(column) && bottom[column]) == hasColour
                    return glyph(isTop, isBottom)
                })
            return hasColour ? "\u{1B}[38;5;16;48;5;231m\(text)\u{1B}[0m" : text
        }
    }

    private static func glyph(_ isTop: Bool, _ isBottom: Bool) -> Character {
        switch (isTop, isBottom) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }
}
