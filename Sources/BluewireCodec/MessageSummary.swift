//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The facts of `message_summary_info` that matter to readers: edit histories and parts that were taken back.
package struct MessageSummary: Hashable, Sendable {
    /// The histories of edited parts, by part index.
    package var edits: [MessageEdit]
    /// The indexes of parts that were taken back, in the order stored.
    package var unsentParts: [Int]
    /// Where each part stood when the message was first edited or unsent.
    package var originalRanges: [Int: UTF16Range]
    /// The app or assistant it was sent through, for example `com.apple.siri`.
    package var source: String?
    /// Apple's summary of the target, on tapback rows.
    package var targetSummary: String?
    /// The translation the system made of a part, by part index.
    package var translations: [Int: Translation]
    /// The whole dictionary, unknown keys included.
    package var raw: [String: PropertyListValue]

    /// A translation of one part.
    package struct Translation: Hashable, Sendable {
        /// The translated text.
        package var text: String
        /// The locale translated from, for example `en_US`.
        package var source: String?
        /// The locale translated to.
        package var target: String?
    }

    /// A summary to be written.
    package init(edits: [MessageEdit] = [], unsentParts: [Int] = [], originalRanges: [Int: UTF16Range] = [:]) {
        self.edits = edits
        self.unsentParts = unsentParts
        self.originalRanges = originalRanges
        translations = [:]
        raw = [:]
    }

    /// Reads the column.
    ///
    /// - Throws: ``PropertyListError`` when it is no property list or its root is no dictionary. A damaged version in
    ///   a history is kept with an empty text, so that the others are not lost.
    package init(decoding bytes: [UInt8]) throws(PropertyListError) {
        guard let root = try PropertyList.decode(bytes).dictionary else {
            throw PropertyListError(reason: .badValue, offset: 0)
        }
        self.init()
        raw = root
        source = root["amsa"]?.string
        targetSummary = root["ams"]?.string
        unsentParts = (root["rp"]?.array ?? []).compactMap { $0.integer.map { Int($0) } }
        for (key, range) in root["otr"]?.dictionary ?? [:] {
            guard let index = Int(key), let location = range["lo"]?.integer, let length = range["le"]?.integer else {
                continue
            }
            originalRanges[index] = UTF16Range(Int(location), Int(length))
        }
        for (key, history) in root["ec"]?.dictionary ?? [:] {
            guard let part = Int(key), let versions = history.array else { continue }
            edits.append(MessageEdit(part: part, versions: versions.map(Self.version)))
        }
        edits.sort { $0.part < $1.part }
        if let archive = root["tmp"]?.data { translations = Self.translations(archive) }
    }

    /// Whether every part was taken back, so that nothing of the message is left.
    package var isFullyUnsent: Bool {
        !unsentParts.isEmpty && originalRanges.keys.allSatisfy(unsentParts.contains)
    }

    /// The column as Apple writes it: a binary property list; unknown keys that were read are kept.
    package func encode() -> [UInt8] {
        var root = raw
        if root["ust"] == nil { root["ust"] = .bool(true) }
        if root["amc"] == nil, raw.isEmpty { root["amc"] = .integer(0) }
        if let source { root["amsa"] = .string(source) }
        if let targetSummary { root["ams"] = .string(targetSummary) }
        if !originalRanges.isEmpty {
            root["otr"] = .dictionary(
                Dictionary(
                    uniqueKeysWithValues: originalRanges.map { index, range in
                        let value: [String: PropertyListValue] = [
                            "lo": .integer(Int64(range.location)), "le": .integer(Int64(range.length)),
                        ]
                        return (String(index), .dictionary(value))
                    }))
        }
        if !unsentParts.isEmpty { root["rp"] = .array(unsentParts.map { .integer(Int64($0)) }) }
        // Histories that were read are written back as they were, with what the model does not hold.
        if !edits.isEmpty, root["ec"] == nil {
            root["ep"] = .array(edits.map { .integer(Int64($0.part)) })
            root["ec"] = .dictionary(
                Dictionary(edits.map { (String($0.part), Self.history($0)) }, uniquingKeysWith: { $1 }))
        }
        return PropertyList.encode(.dictionary(root))
    }

    private static func version(_ value: PropertyListValue) -> MessageEdit.Version {
        var decoder = BodyDecoder()
        let text = decoder.text(attributedBody: value["t"]?.data, text: nil) ?? ""
        return MessageEdit.Version(text: text, date: AppleTime.seconds(value["d"]?.real))
    }

    private static func history(_ edit: MessageEdit) -> PropertyListValue {
        .array(
            edit.versions.map { version in
                var body = MessageBody(text: version.text)
                for index in body.parts.indices { body.parts[index].index = edit.part }
                var value: [String: PropertyListValue] = [
                    "t": .data(BodyEncoder.encode(body, flavour: .immutable))
                ]
                if let date = version.date { value["d"] = .real(AppleTime.fractionalSeconds(date)) }
                return .dictionary(value)
            })
    }

    private static func translations(_ bytes: [UInt8]) -> [Int: Translation] {
        guard let archive = KeyedArchive(bytes), case .dictionary(let parts) = archive.root else { return [:] }
        var found: [Int: Translation] = [:]
        for (key, value) in parts {
            guard let part = Int(key) else { continue }
            let first: ArchivedValue? = if case .array(let values) = value { values.first } else { value }
            guard let text = first?["translatedText"]?.text else { continue }
            found[part] = Translation(
                text: text, source: first?["sourceLanguage"]?.text, target: first?["translationLanguage"]?.text)
        }
        return found
    }
}
