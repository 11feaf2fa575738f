//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The facts of `message_summary_info` and `chat.properties`.
enum SummaryReport {
    static func facts(
        _ values: [String: PropertyListValue], bytes: [UInt8]
    ) throws(PropertyListError) -> [String: JSONValue] {
        let keys = JSONValue.array(values.keys.sorted().map { .string($0) })
        if values["tmp"] != nil {
            let translation = try MessageSummary(decoding: bytes).translations.values.first
            return [
                "summaryKeys": keys,
                "translation": .object([
                    "sourceLanguage": string(translation?.source), "translationLanguage": string(translation?.target),
                    "translatedText": string(translation?.text),
                ]),
            ]
        }
        guard values["otr"] != nil || values["ec"] != nil || values["ust"] != nil else {
            return ["properties": json(.dictionary(values)), "derived": derived(values)]
        }
        let summary = try MessageSummary(decoding: bytes)
        var edited: [String: JSONValue] = ["fullyUnsent": .bool(summary.isFullyUnsent), "summaryKeys": keys]
        for key in ["amc", "ep", "euh", "rp", "ust"] { edited[key] = values[key].map(json) }
        let indexes = Set(summary.originalRanges.keys).union(summary.unsentParts).union(summary.edits.map(\.part))
        edited["parts"] = .array(indexes.sorted().map { part($0, summary, values["ec"]) })
        return ["edited": .object(edited)]
    }

    private static func part(_ index: Int, _ summary: MessageSummary, _ histories: PropertyListValue?) -> JSONValue {
        var facts: [String: JSONValue] = ["index": .integer(Int64(index)), "status": .string("original")]
        if let range = summary.originalRanges[index] {
            facts["originalRange"] = .array([.integer(Int64(range.location)), .integer(Int64(range.length))])
        }
        if summary.unsentParts.contains(index) { facts["status"] = .string("unsent") }
        if let versions = histories?[String(index)]?.array {
            facts["status"] = .string("edited")
            facts["history"] = .array(versions.map(version))
        }
        return .object(facts)
    }

    private static func version(_ value: PropertyListValue) -> JSONValue {
        var facts: [String: JSONValue] = [:]
        if let date = value["d"]?.real { facts["date"] = .number(date) }
        if let guid = value["bcg"]?.string { facts["bcg"] = .string(guid) }
        if let bytes = value["t"]?.data, let body = try? BlobReport.archive(bytes) {
            facts["text"] = body["text"]
            facts["runs"] = body["runs"]
        }
        return .object(facts)
    }

    private static func derived(_ values: [String: PropertyListValue]) -> JSONValue {
        let background = values["backgroundChannelGUID"]?.string
        return .object([
            "backgroundChannelGUID": string(background), "hasBackground": .bool(background != nil),
            "forcedSMS": .bool(values["shouldForceToSMS"]?.bool ?? false),
            "lastSeenMessageGuid": string(values["lastSeenMessageGuid"]?.string),
            "readReceiptsEnabled": .bool(values["EnableReadReceiptForChat"]?.bool ?? false),
        ])
    }

    private static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// A property list as JSON: data by its length, dates in RFC 3339 without a fraction.
    static func json(_ value: PropertyListValue) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(number)
        case .unsigned(let number): .number(Double(number))
        case .real(let number): .number(number)
        case .date(let seconds):
            AppleTime.seconds(seconds).map { .string($0.rfc3339.prefix(19) + "Z") } ?? .number(seconds)
        case .data(let bytes): .object(["bytes": .integer(Int64(bytes.count))])
        case .string(let text): .string(text)
        case .uid(let number): .object(["uid": .integer(Int64(clamping: number))])
        case .array(let values), .set(let values): .array(values.map(json))
        case .dictionary(let values): .object(values.mapValues(json))
        }
    }
}
