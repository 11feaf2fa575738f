//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A reaction to a message part.
public struct Tapback: Hashable, Sendable, Codable {
    /// The message reacted to; it may be missing from the store.
    public var target: MessageID
    /// The part reacted to; −1 means the whole message.
    public var part: Int
    /// What the tapback expresses.
    public var kind: Kind
    /// The emoji of ``Kind/emoji``; nil otherwise.
    public var emoji: String?
    /// Who reacted; nil when it was us.
    public var sender: Handle?
    /// Whether it was us.
    public var isFromMe: Bool
    /// When.
    public var date: Timestamp
    /// The row that carries it.
    public var id: MessageID

    /// A tapback from its fields.
    public init(
        id: MessageID, target: MessageID, part: Int, kind: Kind, emoji: String?, sender: Handle?, isFromMe: Bool,
        date: Timestamp
    ) {
        self.id = id
        self.target = target
        self.part = part
        self.kind = kind
        self.emoji = emoji
        self.sender = sender
        self.isFromMe = isFromMe
        self.date = date
    }

    /// What a tapback expresses: Apple's `associated_message_type` of the adding row.
    public struct Kind: OpenValue {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// The heart.
        public static let love = Kind(rawValue: 2000)
        /// Thumbs up.
        public static let like = Kind(rawValue: 2001)
        /// Thumbs down.
        public static let dislike = Kind(rawValue: 2002)
        /// Ha ha.
        public static let laugh = Kind(rawValue: 2003)
        /// Two exclamation marks.
        public static let emphasize = Kind(rawValue: 2004)
        /// The question mark.
        public static let question = Kind(rawValue: 2005)
        /// Any emoji, macOS 15 and later.
        public static let emoji = Kind(rawValue: 2006)
        /// A sticker used as a tapback.
        public static let sticker = Kind(rawValue: 2007)
        /// A sticker placed on a bubble, the classic form.
        public static let placedSticker = Kind(rawValue: 1000)

        /// Whether a newer one by the same sender on the same part replaces it; stickers accumulate.
        public var isExclusive: Bool { (2000...2006).contains(rawValue) }

        /// The name used on every surface (`love`, `like`, …), else `unknown(<n>)`.
        public var name: String {
            switch self {
            case .love: "love"
            case .like: "like"
            case .dislike: "dislike"
            case .laugh: "laugh"
            case .emphasize: "emphasize"
            case .question: "question"
            case .emoji: "emoji"
            case .sticker: "sticker"
            case .placedSticker: "placedSticker"
            default: "unknown(\(rawValue))"
            }
        }

        /// The kind of a ``name`` that can be sent; nil for anything else.
        public init?(name: String) {
            let sendable: [Kind] = [.love, .like, .dislike, .laugh, .emphasize, .question, .emoji]
            guard let kind = sendable.first(where: { $0.name == name }) else { return nil }
            self = kind
        }
    }
}
