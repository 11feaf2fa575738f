//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Foundation  // Compatibility decomposition.

/// Makes texts comparable for search: case, diacritics and compatibility forms folded.
package enum TextFolding {
    /// The folded form; sharp s becomes `ss`, final sigma a sigma.
    package static func folded(_ text: String) -> String {
        var folder = TextFolder()
        return String(decoding: folder.bytes(of: text), as: UTF8.self)
    }
}

/// Folds many texts and remembers how each character outside ASCII folds.
///
/// Decomposition works on one scalar at a time, and the marks it may reorder are dropped, so scalars fold apart.
struct TextFolder {
    private var known: [Unicode.Scalar: [UInt8]] = [:]

    /// The folded form as UTF-8.
    mutating func bytes(of text: String) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar.value < 0x80 {
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                folded.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            } else {
                folded += foldedScalar(scalar)
            }
        }
        return folded
    }

    private mutating func foldedScalar(_ scalar: Unicode.Scalar) -> [UInt8] {
        if let bytes = known[scalar] { return bytes }
        var folded = String.UnicodeScalarView()
        for part in String(Character(scalar)).decomposedStringWithCompatibilityMapping.unicodeScalars {
            switch part.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: continue
            default: break
            }
            switch part {
            case "ß", "ẞ": folded.append(contentsOf: "ss".unicodeScalars)
            case "ς": folded.append("σ")
            default: folded.append(contentsOf: part.properties.lowercaseMapping.unicodeScalars)
            }
        }
        let bytes = Array(String(folded).utf8)
        known[scalar] = bytes
        return bytes
    }
}

extension [UInt8] {
    /// Whether the bytes of `word` occur in a row; an empty word always does.
    func contains(word: [UInt8]) -> Bool {
        guard let first = word.first else { return true }
        guard count >= word.count else { return false }
        return withUnsafeBufferPointer { text in
            var start = 0
            let last = text.count - word.count
            while start <= last {
                guard text[start] == first else {
                    start += 1
                    continue
                }
                var offset = 1
                while offset < word.count, text[start + offset] == word[offset] { offset += 1 }
                if offset == word.count { return true }
                start += 1
            }
            return false
        }
    }
}
