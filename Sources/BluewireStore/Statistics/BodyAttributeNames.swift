//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec

/// The names of the attributes that runs of a body carry.
enum BodyAttributeNames {
    static let part = "__kIMMessagePartAttributeName"
    static let writingDirection = "__kIMBaseWritingDirectionAttributeName"

    /// The names of features by attribute.
    static let features = [
        "__kIMLinkAttributeName": "link", "__kIMMentionConfirmedMention": "mention",
        "__kIMTextBoldAttributeName": "bold", "__kIMTextItalicAttributeName": "italic",
        "__kIMTextUnderlineAttributeName": "underline", "__kIMTextStrikethroughAttributeName": "strikethrough",
        "__kIMTextEffectAttributeName": "effect", "__kIMCalendarEventAttributeName": "date",
        "__kIMPhoneNumberAttributeName": "phone", "__kIMAddressAttributeName": "address",
        "__kIMMoneyAttributeName": "money", "__kIMOneTimeCodeAttributeName": "otc",
    ]

    /// The names used by the runs of an archive; nil when the archive is damaged.
    static func names(in bytes: [UInt8]) -> Set<String>? {
        guard let archive = try? TypedStreamReader.read(bytes), let root = archive.root.flatMap(archive.object) else {
            return nil
        }
        var names: Set<String> = []
        for group in root.groups {
            for case .object(let entry?) in group.values {
                guard let dictionary = archive.object(entry),
                    archive.classChain(of: dictionary.class).contains(where: { $0.name == "NSDictionary" })
                else { continue }
                names.formUnion(keys(of: dictionary.groups, in: archive))
            }
        }
        return names
    }

    /// The text keys of a dictionary: its objects alternate between key and value.
    private static func keys(of groups: [TypedStreamArchive.Group], in archive: TypedStreamArchive) -> [String] {
        let objects = groups.flatMap(\.values).compactMap { value -> Int? in
            if case .object(let entry) = value { entry ?? -1 } else { nil }
        }
        return stride(from: 0, to: objects.count, by: 2).compactMap { index in
            guard case .bytes(let bytes)? = archive.object(objects[index])?.groups.first?.values.first else {
                return nil
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
