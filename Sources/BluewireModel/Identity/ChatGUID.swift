//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Apple's name of a chat: `<service>;<style>;<identifier>`, for example `iMessage;-;+15551234567`.
///
/// On macOS 26 the service is `any` for nearly all chats; the channel of a chat is therefore never read from here.
public struct ChatGUID: OpenValue, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Builds a GUID from its parts.
    public init(service: String, isGroup: Bool, identifier: String) {
        rawValue = "\(service);\(isGroup ? "+" : "-");\(identifier)"
    }

    /// The text before the first semicolon; empty when there is none.
    public var service: String { parts.map { String($0.service) } ?? "" }

    /// `+` for a group, `-` for a direct chat, nil when the GUID has no style.
    public var style: Character? { parts.flatMap { $0.style.first } }

    /// The third part (an address, or the `chat…` name of a group); the whole text when there are no semicolons.
    public var identifier: String { parts.map { String($0.identifier) } ?? rawValue }

    /// The parts split at the first two semicolons only; identifiers may contain more.
    private var parts: (service: Substring, style: Substring, identifier: Substring)? {
        let pieces = rawValue.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3 else { return nil }
        return (pieces[0], pieces[1], pieces[2])
    }
}
