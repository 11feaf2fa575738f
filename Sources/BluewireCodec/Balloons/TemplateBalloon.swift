//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The fields of an MSMessage template balloon.
package struct TemplateBalloon: Sendable {
    /// The name of the app.
    package var appName: String?
    /// Apple's one-line description.
    package var accessibleSummary: String?
    /// The class of the layout.
    package var layoutClass: String?
    /// The captions by Apple's names; empty ones stand for absent ones.
    package var captions: [String: String]
    /// The URL that carries the app's data.
    package var url: String?
    /// The App Store number of the app.
    package var appID: Int64?
    /// The session all moves of a game share.
    package var session: String?

    /// Reads the fields of an archive's root; a sentence in place of a dictionary becomes the summary.
    package init(_ root: ArchivedValue) {
        captions = [:]
        if let first = Self.sentence(root), root["URL"] == nil, root["an"] == nil { accessibleSummary = first }
        appName = Self.present(root["an"]?.text)
        if let text = Self.present(root["ldtext"]?.text) { accessibleSummary = text }
        layoutClass = root["layoutClass"]?.text
        if case .dictionary(let values)? = root["userInfo"] {
            for (key, value) in values { captions[key] = value.text }
        }
        url = root["URL"]?.text
        appID = root["appid"]?.integer
        session = root["sessionIdentifier"]?.text
    }

    /// The caption, else the title of the image.
    package var title: String? {
        Self.present(captions["caption"]) ?? Self.present(captions["image-title"])
    }

    /// What stands below or beside the title.
    package var subtitle: String? {
        Self.present(captions["subcaption"]) ?? Self.present(captions["secondary-subcaption"])
            ?? Self.present(captions["image-subtitle"])
    }

    /// The best one-line description: Apple's own, else the title, else the app.
    package var summary: String? { accessibleSummary ?? title ?? appName }

    /// The poll inside the URL, if it is one.
    package var poll: Poll? { url.flatMap { Poll(url: $0) } }

    private static func present(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        return text
    }

    private static func sentence(_ root: ArchivedValue) -> String? {
        switch root {
        case .string(let text): text
        case .array(let values): values.lazy.compactMap(sentence).first
        default: nil
        }
    }
}

/// A poll or a vote, as the JSON inside a payload's URL says it.
package struct Poll: Sendable {
    /// The question; normally empty, because Apple sends it as a message of its own.
    package var title: String?
    /// The options, in order.
    package var options: [Balloon.PollOption]
    /// The current selection of one participant.
    package var votes: [Vote]
    /// The whole JSON.
    package var json: JSONValue

    /// One chosen option.
    package struct Vote: Hashable, Sendable {
        /// The identifier of the option.
        package var option: String
        /// The address of the voter.
        package var participant: String
    }

    /// Reads a `data:,<base64>` URL, with or without padding and query; nil when it is no poll.
    package init?(url: String) {
        guard url.hasPrefix("data:,"),
            let bytes = Base64.decode(url.dropFirst(6).prefix { $0 != "?" }),
            let json = JSONValue(bytes), let item = json["item"]
        else { return nil }
        self.json = json
        title = item["title"]?.string
        options = (item["orderedPollOptions"]?.array ?? []).compactMap { option in
            guard let id = option["optionIdentifier"]?.string else { return nil }
            return Balloon.PollOption(id: id, text: option["text"]?.string ?? "")
        }
        votes = (item["votes"]?.array ?? []).compactMap { vote in
            guard let option = vote["voteOptionIdentifier"]?.string else { return nil }
            return Vote(option: option, participant: vote["participantHandle"]?.string ?? "")
        }
    }
}
