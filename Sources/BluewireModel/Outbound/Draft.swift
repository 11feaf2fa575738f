//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The content to send.
public struct Draft: Hashable, Sendable, Codable {
    /// The text; empty when only files are sent.
    public var text: String
    /// Files to send, as absolute paths the gateway may read.
    public var files: [String]
    /// The message to answer inline.
    public var replyTo: MessageID?
    /// The send effect, by Apple's identifier.
    public var effect: String?
    /// The subject line.
    public var subject: String?

    /// A draft from its fields.
    public init(
        text: String, files: [String] = [], replyTo: MessageID? = nil, effect: String? = nil, subject: String? = nil
    ) {
        self.text = text
        self.files = files
        self.replyTo = replyTo
        self.effect = effect
        self.subject = subject
    }
}

/// Whom a send is for.
public enum Recipient: Hashable, Sendable, Codable {
    /// A known chat.
    case chat(ChatID)
    /// An address, for a first message; resolved to a chat as soon as one exists.
    case handle(String)
}
