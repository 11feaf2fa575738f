//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The history of a changed part, oldest first, the current text included.
public struct MessageEdit: Hashable, Sendable, Codable {
    /// The part that was edited.
    public var part: Int
    /// Every version of its text.
    public var versions: [Version]

    /// A history from its fields.
    public init(part: Int, versions: [Version]) {
        self.part = part
        self.versions = versions
    }

    /// One version of a part.
    public struct Version: Hashable, Sendable, Codable {
        /// The text as it was.
        public var text: String
        /// When it was written; nil when Apple stored none.
        public var date: Timestamp?

        /// A version from its fields.
        public init(text: String, date: Timestamp?) {
            self.text = text
            self.date = date
        }
    }
}
