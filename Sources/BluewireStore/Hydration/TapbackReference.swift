//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What an `associated_message_guid` points at.
package struct TapbackReference: Hashable, Sendable {
    /// The GUID of the target.
    package var target: String
    /// The part; −1 for the whole message, 0 for a balloon.
    package var part: Int

    /// Reads `p:<n>/<guid>`, `bp:<guid>` and a bare GUID.
    package init(_ text: String) {
        if text.hasPrefix("bp:") {
            target = String(text.dropFirst(3))
            part = 0
        } else if text.hasPrefix("p:"), let slash = text.firstIndex(of: "/"),
            let number = Int(text[text.index(text.startIndex, offsetBy: 2)..<slash])
        {
            target = String(text[text.index(after: slash)...])
            part = number
        } else {
            target = text
            part = -1
        }
    }

    /// Every spelling under which rows may point at `guid`, for exact matches that an index serves.
    package static func spellings(of guid: String, partCount: Int) -> [String] {
        var found = [guid, "bp:" + guid, "p:-1/" + guid]
        for part in 0..<max(1, partCount) { found.append("p:\(part)/\(guid)") }
        return found
    }
}
