//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Prints what a captured archive or payload holds, fact by fact, as JSON; for diagnosis and for tests.
package enum BlobReport {
    /// The facts of an `attributedBody`, or of a single archived Foundation object.
    ///
    /// - Throws: ``TypedStreamError``.
    package static func archive(_ bytes: [UInt8]) throws(TypedStreamError) -> JSONValue {
        let archive = try TypedStreamReader.read(bytes)
        guard let root = archive.root, let object = archive.object(root) else {
            throw TypedStreamError(.notAnAttributedString, at: 0)
        }
        let chain = archive.classChain(of: object.class)
        var facts: [String: JSONValue] = [
            "bytes": .integer(Int64(bytes.count)), "strictDecode": .string("ok"),
            "topLevelGroups": .integer(Int64(archive.groups.count)),
            "classChain": .array(chain.map { .array([.string($0.name), .integer($0.version)]) }),
        ]
        let report = ArchiveReport(archive: archive)
        if chain.contains(where: { $0.name == "NSAttributedString" }),
            case .object(let body) = report.body(object.groups),
            body["partCount"] != .integer(0) || body["runs"] == .array([])
        {
            facts.merge(body) { $1 }
        } else {
            facts["value"] = report.value(.object(root), depth: 0)
        }
        return .object(facts)
    }

    /// The facts of a `message_summary_info`, `payload_data` or `chat.properties` in property-list form.
    ///
    /// - Throws: ``PropertyListError``.
    package static func propertyList(_ bytes: [UInt8]) throws(PropertyListError) -> JSONValue {
        let list = try PropertyList.decode(bytes)
        let archive = KeyedArchive(list)
        var facts: [String: JSONValue] = [
            "bytes": .integer(Int64(bytes.count)),
            "format": .string(bytes.starts(with: "bplist".utf8) ? "binary" : "xml"),
            "keyedArchive": .bool(archive != nil),
        ]
        if let archive {
            facts.merge(PayloadReport.facts(archive.root ?? .null)) { $1 }
        } else if let values = list.dictionary {
            facts.merge(try SummaryReport.facts(values, bytes: bytes)) { $1 }
        }
        return .object(facts)
    }

    /// The facts of a Digital Touch or handwriting payload; nil when it is neither.
    package static func drawing(_ bytes: [UInt8]) -> JSONValue? {
        let size = JSONValue.integer(Int64(bytes.count))
        if let hand = Handwriting(bytes) {
            let names = ["x", "y", "width", "height"]
            let frame = Dictionary(uniqueKeysWithValues: zip(names, hand.frame.map { JSONValue.integer(Int64($0)) }))
            var facts: [String: JSONValue] = [
                "compression": .string(hand.compression.name),
                "createdAtMs2001": .integer(Int64(clamping: hand.createdAt)), "frame": .object(frame),
                "decompressedLength": .integer(Int64(hand.decompressedLength)), "id": .string(hand.id),
                "strokeCount": .integer(Int64(hand.strokeCount)),
            ]
            if let strokes = hand.strokes {
                facts["strokePointCounts"] = .array(strokes.map { .integer(Int64($0.count)) })
                if let first = strokes.first?.first {
                    let numbers = [first.x, first.y, first.width]
                    facts["firstPointXYWidth"] = .array(numbers.map { .integer(Int64($0)) })
                }
            }
            return .object(["bytes": size, "handwriting": .object(facts)])
        }
        guard let touch = DigitalTouch(bytes) else { return nil }
        var facts: [String: JSONValue] = [
            "colorBytes": .string(hex(touch.color)), "id": .string(touch.id), "kind": .string(touch.kind.name),
            "kindCode": .integer(Int64(touch.kind.rawValue)),
            "fields": .object(
                Dictionary(uniqueKeysWithValues: touch.fields.map { (String($0.key), field($0.value)) })),
        ]
        if touch.kind.rawValue == 3 { facts["brokenHeart"] = .bool(touch.isBrokenHeart) }
        return .object(["bytes": size, "digitalTouch": .object(facts)])
    }

    /// The facts of a sticker's file; nil when it is none.
    package static func sticker(_ bytes: [UInt8]) -> JSONValue? {
        guard let sticker = StickerFile(bytes) else { return nil }
        var facts: [String: JSONValue] = [:]
        if let effect = sticker.effect { facts["effectType"] = .string(effect) }
        return .object(["bytes": .integer(Int64(bytes.count)), "sticker": .object(facts)])
    }

    /// Lower-case hexadecimal digits.
    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func field(_ field: DigitalTouch.Field) -> JSONValue {
        switch field {
        case .integer(let number), .fixed64(let number): return .integer(Int64(clamping: number))
        case .float(let number): return .number(Double(number))
        case .bytes(let bytes):
            var facts: [String: JSONValue] = ["length": .integer(Int64(bytes.count))]
            if bytes.count <= 64 { facts["hex"] = .string(hex(bytes)) }
            return .object(facts)
        }
    }
}
