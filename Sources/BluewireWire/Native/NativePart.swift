//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A part of a message: what a tapback, a reply or an edit points at.
package struct NativePart: Hashable, Sendable, Decodable {
    /// The stable index.
    package var index: Int
    /// `text`, `attachment`, `balloon` or `unsent`.
    package var type: String
    /// The text of a text part.
    package var text: String?
    /// The transfer GUID of an attachment part.
    package var attachment: String?
    /// The runs of a text part of which something is known; nil for plain text.
    package var runs: [NativeRun]?

    /// The part as it travels.
    package init(_ part: Part) {
        index = part.index
        text = nil
        attachment = nil
        runs = nil
        switch part.content {
        case .text(let textRuns):
            type = "text"
            text = textRuns.count == 1 ? textRuns[0].text : textRuns.map(\.text).joined()
            if textRuns.contains(where: { !$0.attributes.isEmpty }) { runs = textRuns.map(NativeRun.init) }
        case .attachment(let guid):
            type = "attachment"
            attachment = guid
        case .balloon: type = "balloon"
        case .unsent: type = "unsent"
        }
    }
}

extension NativePart: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("index", index)
            writer.member("type", type)
            writer.member("text", text)
            writer.member("attachment", attachment)
            writer.key("runs")
            if let runs {
                writer.array { writer in for run in runs { run.write(to: &writer) } }
            } else {
                writer.null()
            }
        }
    }
}

/// Consecutive text with the same attributes.
package struct NativeRun: Hashable, Sendable, Decodable, JSONWritable {
    /// The text.
    package var text: String
    /// What is known about it.
    package var attributes: [NativeAttribute]

    /// The run as it travels.
    package init(_ run: TextRun) {
        text = run.text
        attributes = run.attributes.map(NativeAttribute.init)
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("text", text)
            writer.member("attributes", attributes)
        }
    }
}

/// Something known about a run of text.
package struct NativeAttribute: Hashable, Sendable, Decodable, JSONWritable {
    /// `bold`, `link`, `mention`, `detected` and so on.
    package var type: String
    /// The link target, mentioned address, matched text, code or transcription.
    package var value: String?
    /// The detector's type for `detected`, the name of an attribute this version does not interpret.
    package var detail: String?

    /// The attribute as it travels.
    package init(_ attribute: TextAttribute) {
        value = nil
        detail = nil
        switch attribute {
        case .mention(let address): (type, value) = ("mention", address)
        case .link(let target): (type, value) = ("link", target)
        case .bold: type = "bold"
        case .italic: type = "italic"
        case .underline: type = "underline"
        case .strikethrough: type = "strikethrough"
        case .effect(let number): (type, value) = ("effect", String(number))
        case .detected(let kind, let matched): (type, value, detail) = ("detected", matched, kind)
        case .oneTimeCode(let code): (type, value) = ("oneTimeCode", code)
        case .transcription(let text): (type, value) = ("transcription", text)
        case .unknown(let name): (type, detail) = ("unknown", name)
        }
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", type)
            writer.member("value", value)
            writer.member("detail", detail)
        }
    }
}
