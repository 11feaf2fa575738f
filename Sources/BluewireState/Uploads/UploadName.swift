//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Makes names that a file may have: no folders, nothing invisible, not too long.
package enum UploadName {
    /// The longest name, in bytes of UTF-8.
    static let longest = 200

    /// What is left of a name a stranger chose.
    package static func sanitised(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        var scalars = String.UnicodeScalarView()
        for scalar in last.unicodeScalars where !isInvisible(scalar) { scalars.append(scalar == ":" ? "-" : scalar) }
        var text = String(scalars)[...]
        while let first = text.first, first == "." || first == " " || first == "-" { text = text.dropFirst() }
        while let last = text.last, last == "." || last == " " { text = text.dropLast() }
        return text.isEmpty ? "file" : shortened(String(text))
    }

    /// Control characters, line separators, and what turns the direction of text or hides in it.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        default: false
        }
    }

    /// The name cut to the limit, its extension kept.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > longest else { return name }
        var ending = ""
        if let dot = name.lastIndex(of: "."), name[dot...].utf8.count <= 16 { ending = String(name[dot...]) }
        var stem = name.dropLast(ending.count)
        while stem.utf8.count + ending.utf8.count > longest { stem = stem.dropLast() }
        return stem + ending
    }
}
