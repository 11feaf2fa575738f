//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Writes bodies as Apple's systems archive them, for the simulator and for tests.
package struct BodyEncoder {
    /// Which classes the archive names; both occur in every database.
    package enum Flavour: Sendable {
        /// Mutable classes: written on the own device, or edited by the daemon.
        case mutable
        /// Immutable classes: received, or kept in an edit history.
        case immutable
    }

    private var archive = TypedStreamArchive()
    private var classes: [String: Int] = [:]
    private var numbers: [String: Int] = [:]
    private var cStrings: [String: Int] = [:]
    private var sets: [RunAttributes: Int] = [:]

    /// The archive of `body`.
    ///
    /// Unsent parts leave no trace in it; a string without parts becomes one text part.
    package static func encode(_ body: MessageBody, flavour: Flavour = .mutable) -> [UInt8] {
        var encoder = BodyEncoder()
        return encoder.bytes(of: body, flavour: flavour)
    }

    private struct RunAttributes: Hashable {
        var part: Int
        var transfer: String?
        var attributes: [TextAttribute] = []
    }

    private mutating func bytes(of body: MessageBody, flavour: Flavour) -> [UInt8] {
        let (string, runs) = Self.runs(of: body)
        let root = reserve()
        let isMutable = flavour == .mutable
        let type = classEntry(isMutable ? "NSMutableAttributedString" : "NSAttributedString")
        var groups = [
            TypedStreamArchive.Group(
                "@", [.object(self.string(string, class: isMutable ? "NSMutableString" : "NSString"))])
        ]
        for (length, attributes) in runs {
            if let index = sets[attributes] {
                groups.append(TypedStreamArchive.Group("iI", [.integer(Int64(index)), .unsigned(UInt64(length))]))
            } else {
                let index = sets.count + 1
                sets[attributes] = index
                groups.append(TypedStreamArchive.Group("iI", [.integer(Int64(index)), .unsigned(UInt64(length))]))
                groups.append(TypedStreamArchive.Group("@", [.object(dictionary(attributes))]))
            }
        }
        archive.entries[root] = .object(class: type, groups: groups)
        archive.groups = [TypedStreamArchive.Group("@", [.object(root)])]
        return TypedStreamWriter.write(archive)
    }

    /// The string that the parts make up, and the length and attributes of each run.
    private static func runs(of body: MessageBody) -> (String, [(Int, RunAttributes)]) {
        var string = ""
        var runs: [(Int, RunAttributes)] = []
        guard !body.parts.isEmpty else {
            guard !body.string.isEmpty else { return ("", []) }
            return (body.string, [(body.string.utf16.count, RunAttributes(part: 0))])
        }
        let units = Array(body.string.utf16)
        var location = 0
        // Parts are ordered by index, which for everything Apple writes is also the order of the text.
        for part in body.parts {
            switch part.content {
            case .text(let texts):
                for text in texts where !text.text.isEmpty {
                    string += text.text
                    let length = text.text.utf16.count
                    location += length
                    runs.append((length, RunAttributes(part: part.index, attributes: text.attributes)))
                }
            case .attachment(let guid):
                string += "\u{FFFC}"
                location += 1
                runs.append((1, RunAttributes(part: part.index, transfer: guid)))
            case .balloon:
                let isPlugin = location < units.count && units[location] == 0xFFFD
                string += isPlugin ? "\u{FFFD}" : "\u{FFFC}"
                location += 1
                runs.append((1, RunAttributes(part: part.index)))
            case .unsent: break
            }
        }
        return (string, runs)
    }

    // MARK: Objects

    private mutating func reserve() -> Int {
        archive.entries.append(.cString(""))
        return archive.entries.count - 1
    }

    private mutating func classEntry(_ name: String) -> Int {
        if let entry = classes[name] { return entry }
        let parents = [
            "NSMutableAttributedString": "NSAttributedString", "NSMutableString": "NSString", "NSNumber": "NSValue",
        ]
        let entry = reserve()
        classes[name] = entry
        let superclass: Int? = name == "NSObject" ? nil : classEntry(parents[name] ?? "NSObject")
        let version: Int64 = name == "NSString" || name == "NSMutableString" ? 1 : 0
        archive.entries[entry] = .class(name: name, version: version, superclass: superclass)
        return entry
    }

    private mutating func object(_ name: String, _ groups: [TypedStreamArchive.Group]) -> Int {
        let entry = reserve()
        archive.entries[entry] = .object(class: classEntry(name), groups: groups)
        return entry
    }

    private mutating func string(_ text: String, class name: String = "NSString") -> Int {
        object(name, [TypedStreamArchive.Group("+", [.bytes(Array(text.utf8))])])
    }

    private mutating func number(_ value: Int64, encoding: String = "i") -> Int {
        let key = "\(encoding)\(value)"
        if let entry = numbers[key] { return entry }
        let cString: Int
        if let known = cStrings[encoding] {
            cString = known
        } else {
            cString = reserve()
            archive.entries[cString] = .cString(encoding)
            cStrings[encoding] = cString
        }
        let entry = object(
            "NSNumber",
            [TypedStreamArchive.Group("*", [.cString(cString)]), TypedStreamArchive.Group(encoding, [.integer(value)])])
        numbers[key] = entry
        return entry
    }

    private mutating func url(_ text: String) -> Int {
        let target = string(text)
        return object(
            "NSURL", [TypedStreamArchive.Group("c", [.integer(0)]), TypedStreamArchive.Group("@", [.object(target)])])
    }

    private mutating func data(_ bytes: [UInt8]) -> Int {
        object(
            "NSData",
            [
                TypedStreamArchive.Group("i", [.integer(Int64(bytes.count))]),
                TypedStreamArchive.Group("[\(bytes.count)c]", [.bytes(bytes)]),
            ])
    }

    private mutating func dictionary(_ members: [(String, Int)]) -> Int {
        var groups = [TypedStreamArchive.Group("i", [.integer(Int64(members.count))])]
        for (key, value) in members {
            groups.append(TypedStreamArchive.Group("@", [.object(string(key))]))
            groups.append(TypedStreamArchive.Group("@", [.object(value)]))
        }
        return object("NSDictionary", groups)
    }

    private mutating func dictionary(_ run: RunAttributes) -> Int {
        var members: [(String, Int)] = []
        if let transfer = run.transfer { members.append(("__kIMFileTransferGUIDAttributeName", string(transfer))) }
        for attribute in run.attributes { members.append(member(attribute)) }
        members.append(("__kIMMessagePartAttributeName", number(Int64(run.part))))
        return dictionary(members)
    }

    private mutating func member(_ attribute: TextAttribute) -> (String, Int) {
        switch attribute {
        case .mention(let address): return ("__kIMMentionConfirmedMention", string(address))
        case .link(let target): return ("__kIMLinkAttributeName", url(target))
        case .bold: return ("__kIMTextBoldAttributeName", number(1))
        case .italic: return ("__kIMTextItalicAttributeName", number(1))
        case .underline: return ("__kIMTextUnderlineAttributeName", number(1))
        case .strikethrough: return ("__kIMTextStrikethroughAttributeName", number(1))
        case .effect(let effect): return ("__kIMTextEffectAttributeName", number(Int64(effect)))
        case .detected(let type, let matched):
            let archive = Self.detectorArchive(type: type, matched: matched)
            return ("__kIMDataDetectedAttributeName", data(archive))
        case .oneTimeCode(let code):
            let members = [("code", string(code)), ("displayCode", string(code))]
            return ("__kIMOneTimeCodeAttributeName", dictionary(members))
        case .transcription(let text): return ("IMAudioTranscription", string(text))
        case .unknown(let name): return (name, number(1))
        }
    }

    /// The keyed archive of a detector's result, in Apple's layout.
    private static func detectorArchive(type: String, matched: String) -> [UInt8] {
        let result: [String: PropertyListValue] = [
            "$class": .uid(4), "MS": .uid(2), "T": .uid(3), "P": .integer(1), "AR": .array([]),
        ]
        let classes: [String: PropertyListValue] = [
            "$classname": .string("DDScannerResult"),
            "$classes": .array([.string("DDScannerResult"), .string("NSObject")]),
        ]
        return PropertyList.encode(
            .dictionary([
                "$archiver": .string("NSKeyedArchiver"),
                "$version": .integer(100_000),
                "$top": .dictionary(["dd-result": .uid(1), "version": .integer(1)]),
                "$objects": .array([
                    .string("$null"), .dictionary(result), .string(matched), .string(type), .dictionary(classes),
                ]),
            ]))
    }
}
