//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Something that happened to a chat and is stored as a row: a join, a rename, a shared location.
public struct GroupEvent: Hashable, Sendable, Codable {
    /// What happened.
    public var kind: Kind
    /// Whom it happened to, for memberships and locations.
    public var subject: Handle?
    /// The new name, for renames; nil when the name was removed.
    public var title: String?

    /// An event from its fields.
    public init(kind: Kind, subject: Handle? = nil, title: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.title = title
    }

    /// What happened; unknown combinations of Apple's columns read `unknown(<item>,<action>)`.
    public struct Kind: OpenValue {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A participant was added.
        public static let participantAdded = Kind(rawValue: "participantAdded")
        /// A participant was removed.
        public static let participantRemoved = Kind(rawValue: "participantRemoved")
        /// A participant left.
        public static let participantLeft = Kind(rawValue: "participantLeft")
        /// The group was named, or its name removed.
        public static let renamed = Kind(rawValue: "renamed")
        /// A group photo was set.
        public static let photoSet = Kind(rawValue: "photoSet")
        /// The group photo was removed.
        public static let photoRemoved = Kind(rawValue: "photoRemoved")
        /// A chat background was set.
        public static let backgroundSet = Kind(rawValue: "backgroundSet")
        /// The chat background was removed.
        public static let backgroundRemoved = Kind(rawValue: "backgroundRemoved")
        /// Location sharing started.
        public static let locationStarted = Kind(rawValue: "locationStarted")
        /// Location sharing stopped.
        public static let locationStopped = Kind(rawValue: "locationStopped")
        /// Somebody kept an audio message.
        public static let audioKept = Kind(rawValue: "audioKept")
        /// A SharePlay or FaceTime call.
        public static let sharePlay = Kind(rawValue: "sharePlay")

        /// The kind of Apple's `item_type` and `group_action_type`.
        public init(itemType: Int, actionType: Int, shareStatus: Int) {
            switch (itemType, actionType) {
            case (1, 0): self = .participantAdded
            case (1, 1): self = .participantRemoved
            case (2, _): self = .renamed
            case (3, 0): self = .participantLeft
            case (3, 1): self = .photoSet
            case (3, 2): self = .photoRemoved
            case (3, 3), (3, 4): self = .backgroundSet
            case (3, 6): self = .backgroundRemoved
            case (4, _): self = shareStatus == 0 ? .locationStarted : .locationStopped
            case (5, _): self = .audioKept
            case (6, _): self = .sharePlay
            default: self.init(rawValue: "unknown(\(itemType),\(actionType))")
            }
        }
    }
}
