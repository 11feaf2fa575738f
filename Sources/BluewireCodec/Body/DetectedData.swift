//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What Apple's data detector found in a run: the matched text and its type.
struct DetectedData {
    /// The type, for example `HttpURL` or `Date`.
    var type: String
    /// The text it matched.
    var matched: String

    /// Reads the keyed archive in a range of `bytes` without resolving the rest of it; nil when it has another shape.
    init?(_ bytes: LentBytes, _ offset: Int, _ length: Int) {
        do throws(PropertyListError) {
            let list = try BinaryPropertyList(bytes, offset, length)
            guard let top = try list.object(list.root, key: "$top"),
                let objects = try list.object(list.root, key: "$objects"),
                let reference = try list.object(top, key: "dd-result"),
                let result = try Self.resolve(reference, list, objects),
                let type = try Self.text("T", of: result, list, objects),
                let matched = try Self.text("MS", of: result, list, objects)
            else { return nil }
            self.type = type
            self.matched = matched
        } catch {
            return nil
        }
    }

    private static func text(
        _ key: StaticString, of object: Int, _ list: BinaryPropertyList, _ objects: Int
    ) throws(PropertyListError) -> String? {
        guard let member = try list.object(object, key: key) else { return nil }
        guard let target = try resolve(member, list, objects) else { return nil }
        if let text = try list.text(target) { return text }
        // NSMutableString is an object of its own.
        guard let inner = try list.object(target, key: "NS.string"), let end = try resolve(inner, list, objects) else {
            return nil
        }
        return try list.text(end)
    }

    /// The object a UID stands for; anything else stands for itself.
    private static func resolve(
        _ object: Int, _ list: BinaryPropertyList, _ objects: Int
    ) throws(PropertyListError) -> Int? {
        guard let index = try list.uid(object) else { return object }
        let marker = try list.marker(objects)
        guard marker.type == 10, index < marker.count else { return nil }
        return try list.reference(marker.body, index)
    }
}
