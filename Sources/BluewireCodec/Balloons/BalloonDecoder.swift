//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Reads `payload_data` into a balloon.
package enum BalloonDecoder {
    /// The balloon of a message; nil when it carries none.
    ///
    /// Never fails: an app or payload nobody knows keeps its bundle identifier, without a summary.
    ///
    /// - Parameters:
    ///   - bundleID: `balloon_bundle_id` as stored.
    ///   - payload: `payload_data`.
    ///   - text: the plain text of the message, the last resort for a summary.
    package static func decode(bundleID: String?, payload: [UInt8]?, text: String?) -> Balloon? {
        guard bundleID != nil || payload != nil else { return nil }
        let app = bundleID.map(appIdentifier) ?? "com.apple.messages.URLBalloonProvider"
        var balloon = Balloon(bundleID: app)
        switch app {
        case "com.apple.Handwriting.HandwritingProvider": balloon.summary = "Handwritten message"
        case "com.apple.DigitalTouchBalloonProvider":
            let kind = payload.flatMap { DigitalTouch($0) }?.kind.name
            balloon.summary = kind.map { "Digital Touch: \($0)" } ?? "Digital Touch message"
        default:
            if let payload, let root = KeyedArchive(payload)?.root { fill(&balloon, root) }
        }
        if balloon.summary == nil, let text, !text.isEmpty { balloon.summary = text }
        return balloon
    }

    /// The app's bundle identifier without Apple's plug-in prefix and team.
    package static func appIdentifier(_ bundleID: String) -> String {
        let fields = bundleID.split(separator: ":", omittingEmptySubsequences: false)
        return fields.count >= 3 ? fields[2...].joined(separator: ":") : bundleID
    }

    private static func fill(_ balloon: inout Balloon, _ root: ArchivedValue) {
        if let link = RichLink(root) {
            balloon.url = link.url
            balloon.title = link.title
            balloon.subtitle = link.subtitle
            balloon.summary = link.title ?? link.url
            return
        }
        let app = TemplateBalloon(root)
        balloon.url = app.url
        balloon.title = app.title
        balloon.subtitle = app.subtitle
        balloon.summary = app.summary
        if let poll = app.poll {
            balloon.pollOptions = poll.options
            if let question = poll.title, !question.isEmpty { balloon.title = question }
        }
    }
}
