//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The facts of `payload_data` in keyed-archive form.
enum PayloadReport {
    private static let appKeys = [
        "AccessibilityLabel", "URL", "an", "appid", "layoutClass", "ldtext", "sendAsText", "sessionIdentifier",
        "userInfo",
    ]
    private static let opaqueKeys = ["ai", "data", "liveLayoutInfo", "requiredCapabilities"]

    static func facts(_ root: ArchivedValue) -> [String: JSONValue] {
        if let link = RichLink(root) { return ["link": .object(facts(link))] }
        var app: [String: JSONValue] = [:]
        for key in appKeys { app[key] = root[key].map { value($0) } }
        var opaque: [String: JSONValue] = [:]
        for key in opaqueKeys {
            if case .data(let bytes)? = root[key] { opaque[key] = .integer(Int64(bytes.count)) }
        }
        var facts: [String: JSONValue] = ["app": .object(app), "opaqueBlobKeys": .object(opaque)]
        let url = root["URL"]?.text ?? ""
        if url.hasPrefix("?") { facts["query"] = query(url.dropFirst()) }
        if let poll = Poll(url: url) { facts["poll"] = poll.json }
        return facts
    }

    private static func query(_ text: Substring) -> JSONValue {
        var items: [String: JSONValue] = [:]
        for item in text.split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            items[String(pair[0])] = .string(pair.count > 1 ? String(pair[1]) : "")
        }
        return .object(items)
    }

    private static func facts(_ link: RichLink) -> [String: JSONValue] {
        var facts: [String: JSONValue] = [
            "kind": .string(link.kind.rawValue), "metadataKey": .string(link.metadataKey),
            "placeholder": .bool(link.isPlaceholder), "wrapperClass": .string(link.wrapperClass),
        ]
        let metadata = link.metadata
        for key in ["URL", "originalURL", "title", "summary", "siteName", "itemType"] {
            facts[key] = metadata[key]?.text.map { .string($0) }
        }
        for key in ["icon", "image"] { facts[key] = metadata[key].flatMap(image) }
        for key in ["icons", "images"] {
            let urls = (metadata[key]?.array ?? []).compactMap { $0["URL"]?.text }
            if !urls.isEmpty { facts[key] = .array(urls.map { .string($0) }) }
        }
        let others = (metadata["alternateImages"]?.array ?? []).compactMap(attachmentIndex)
        if !others.isEmpty { facts["alternateImageAttachmentIndexes"] = .array(others.map { .integer($0) }) }
        if let special = metadata["specialization"], case .object(let name, let fields) = special {
            var values = fields.filter { !$0.value.isNull && $0.key != "screenshots" }.mapValues { value($0) }
            values["$class"] = .string(name)
            facts["specialization"] = .object(values)
        }
        if link.kind == .placemark, let place = metadata["specialization2"] { facts["placemark"] = placemark(place) }
        return facts
    }

    private static func placemark(_ place: ArchivedValue) -> JSONValue {
        var facts: [String: JSONValue] = [:]
        facts["class"] = place.className.map { .string($0) }
        facts["name"] = place["name"]?.text.map { .string($0) }
        facts["address"] = place["address"]?.text.map { .string($0) }
        if case .object(let name, let fields)? = place["addressComponents"] {
            var values = fields.mapValues { value($0) }
            values["$class"] = .string(name)
            facts["addressComponents"] = .object(values)
        }
        return .object(facts)
    }

    private static func attachmentIndex(_ value: ArchivedValue) -> Int64? {
        value["richLinkImageAttachmentSubstituteIndex"]?.integer
    }

    private static func image(_ image: ArchivedValue) -> JSONValue? {
        guard let name = image.className else { return nil }
        var facts: [String: JSONValue] = ["class": .string(name)]
        facts["MIMEType"] = image["MIMEType"]?.text.map { .string($0) }
        facts["attachmentIndex"] = attachmentIndex(image).map { .integer($0) }
        return .object(facts)
    }

    /// Any value; images are shown by the attachment that holds them, offers by their kind.
    private static func value(_ value: ArchivedValue) -> JSONValue {
        switch value {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .integer(number)
        case .real(let number), .date(let number): return .number(number)
        case .string, .uuid, .url: return .string(value.text ?? "")
        case .data(let bytes): return .object(["bytes": .integer(Int64(bytes.count))])
        case .range(let location, let length): return .array([.integer(location), .integer(length)])
        case .array(let values): return .array(values.map { self.value($0) })
        case .dictionary(let members): return .object(members.mapValues { self.value($0) })
        case .object(_, let fields):
            if let index = attachmentIndex(value) { return .object(["attachmentIndex": .integer(index)]) }
            if fields.count <= 2, let type = fields["type"]?.text { return .string(type) }
            return .object(fields.mapValues { self.value($0) })
        }
    }
}
