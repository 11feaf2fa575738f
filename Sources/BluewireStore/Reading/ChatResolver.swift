//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Finds the conversations a caller's reference may mean.
///
/// Clients built for older systems hold `iMessage;-;+1…` where macOS 26 says `any;-;+1…`, and some spell the style of
/// a group wrong; all of them must lead to the same chat, and nothing less exact may.
struct ChatResolver {
    let directory: ChatDirectory

    /// The names of the matching conversations: one, or several when the reference is ambiguous.
    func conversations(matching reference: String) -> [ChatID] {
        let reference = reference.trimmingSpaces()
        guard !reference.isEmpty else { return [] }
        if reference.hasPrefix("ch_"), let found = directory.conversation(ChatID(rawValue: reference)) {
            return [found.id]
        }
        let exact = matches(reference)
        if !exact.isEmpty { return exact }
        guard reference.contains("%"), let decoded = Self.percentDecoded(reference), decoded != reference else {
            return []
        }
        return matches(decoded)
    }

    private func matches(_ reference: String) -> [ChatID] {
        let guid = ChatGUID(rawValue: reference)
        if let chat = directory.chats.values.first(where: { $0.guid == guid }) {
            return names([chat.row])
        }
        let identifier = guid.identifier
        guard !identifier.isEmpty else { return [] }
        // A group's name is compared as it is, an address in its comparable form.
        let groups = directory.chats.values.filter { $0.isGroup && $0.identifier == identifier }.map(\.row)
        if !groups.isEmpty { return names(groups) }
        let key = HandleKey(identifier)
        guard !key.rawValue.isEmpty else { return [] }
        let direct = directory.chats.values.filter { !$0.isGroup && HandleKey($0.identifier) == key }.map(\.row)
        return names(direct)
    }

    private func names(_ rows: [Int64]) -> [ChatID] {
        var found: [ChatID] = []
        for row in rows.sorted() {
            guard let id = directory.conversation(ofChat: row)?.id, !found.contains(id) else { continue }
            found.append(id)
        }
        return found
    }

    /// `%2B1…` → `+1…`; nil when the escapes are malformed.
    static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
