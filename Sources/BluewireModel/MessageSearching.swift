//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Finds messages by their text.
public protocol MessageSearching: Sendable {
    /// The newest messages whose visible text contains every word of `text`, case and diacritics folded.
    ///
    /// - Parameters:
    ///   - text: words to look for.
    ///   - chat: only this chat, or nil for all.
    ///   - limit: at most this many, newest first.
    /// - Throws: the store's error when the database cannot be read.
    func search(_ text: String, in chat: ChatID?, limit: Int) async throws -> [Message]
}
