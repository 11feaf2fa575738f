//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// App payload of a message: link preview, poll, handwriting, payment and the like.
public struct Balloon: Hashable, Sendable, Codable {
    /// The bundle identifier of the app, without Apple's plug-in prefix.
    public var bundleID: String
    /// The best one-line description.
    public var summary: String?
    /// The URL it carries.
    public var url: String?
    /// The title of a link preview, or the caption of a template.
    public var title: String?
    /// The subtitle or description.
    public var subtitle: String?
    /// The options of a poll and their ids, else empty.
    public var pollOptions: [PollOption]

    /// A balloon of an app of which nothing else is known.
    public init(bundleID: String, summary: String? = nil) {
        self.bundleID = bundleID
        self.summary = summary
        url = nil
        title = nil
        subtitle = nil
        pollOptions = []
    }

    /// One option of a poll.
    public struct PollOption: Hashable, Sendable, Codable {
        /// Apple's identifier of the option.
        public var id: String
        /// The text.
        public var text: String

        /// An option from its fields.
        public init(id: String, text: String) {
            self.id = id
            self.text = text
        }
    }
}
