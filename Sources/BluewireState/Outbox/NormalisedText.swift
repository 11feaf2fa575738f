//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// `precomposedStringWithCanonicalMapping` lives in full Foundation only.
private import Foundation

/// Text in the form in which what was asked and what the store shows compare equal.
///
/// Canonically composed, without object placeholders (U+FFFC, U+FFFD) and control characters, white space collapsed.
package struct NormalisedText: Hashable, Sendable {
    /// The normalised text.
    package let rawValue: String

    /// Normalises any text.
    package init(_ text: String) {
        var scalars = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in text.composed.unicodeScalars {
            if scalar.properties.isWhitespace {
                pendingSpace = true
                continue
            }
            if scalar == "\u{FFFC}" || scalar == "\u{FFFD}" || scalar.properties.generalCategory == .control {
                continue
            }
            if pendingSpace, !scalars.isEmpty { scalars.append(" ") }
            pendingSpace = false
            scalars.append(scalar)
        }
        rawValue = String(scalars)
    }
}

extension String {
    /// Canonical composition (NFC); plain ASCII is returned as it is.
    fileprivate var composed: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }
}
