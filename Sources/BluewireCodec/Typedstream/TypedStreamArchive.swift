//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// An archive of the classic NSArchiver as a graph: what was written, with the identity of objects kept.
package struct TypedStreamArchive: Hashable, Sendable {
    /// Whether numbers are stored big-endian (signature `typedstream`).
    package var isBigEndian: Bool
    /// The system version of the header; 1000 on every current system.
    package var systemVersion: Int64
    /// Objects, classes and C strings, in order of first appearance.
    package var entries: [Entry]
    /// The top-level groups; a message body has exactly one.
    package var groups: [Group]

    /// An archive from its parts.
    package init(isBigEndian: Bool = false, systemVersion: Int64 = 1000, entries: [Entry] = [], groups: [Group] = []) {
        self.isBigEndian = isBigEndian
        self.systemVersion = systemVersion
        self.entries = entries
        self.groups = groups
    }

    /// One numbered thing of an archive.
    package enum Entry: Hashable, Sendable {
        /// An object: its class (an entry) and its contents.
        case object(class: Int, groups: [Group])
        /// A class: name, version, superclass (an entry).
        case `class`(name: String, version: Int64, superclass: Int?)
        /// A C string.
        case cString(String)
    }

    /// Values written together under one type encoding.
    package struct Group: Hashable, Sendable {
        /// The encoding, for example `@` or `iI`.
        package var encoding: String
        /// One value for each type of the encoding.
        package var values: [Value]

        /// A group from its fields.
        package init(_ encoding: String, _ values: [Value]) {
            self.encoding = encoding
            self.values = values
        }
    }

    /// One value.
    ///
    /// Objects, classes and C strings are numbers of entries; nil is Objective-C's nil.
    package enum Value: Hashable, Sendable {
        /// A signed integer of any width.
        case integer(Int64)
        /// An unsigned integer of any width.
        case unsigned(UInt64)
        /// A four-byte float.
        case float(Float)
        /// An eight-byte float.
        case double(Double)
        /// Raw bytes: `+`, or an array of characters.
        case bytes([UInt8])
        /// An object.
        case object(Int?)
        /// A class.
        case `class`(Int?)
        /// A C string.
        case cString(Int?)
        /// An atom or selector.
        case atom(String?)
        /// The elements of an array.
        case array([Value])
        /// The members of a structure.
        case structure([Value])
    }

    /// The names and versions from a class entry up to its root.
    package func classChain(of entry: Int) -> [(name: String, version: Int64)] {
        var chain: [(name: String, version: Int64)] = []
        var next: Int? = entry
        while let index = next, index < entries.count, chain.count < TypedStreamReader.maximumDepth,
            case .class(let name, let version, let superclass) = entries[index]
        {
            chain.append((name, version))
            next = superclass
        }
        return chain
    }

    /// The class entry and the groups of an object entry; nil for anything else.
    package func object(_ entry: Int) -> (class: Int, groups: [Group])? {
        guard entry >= 0, entry < entries.count, case .object(let type, let groups) = entries[entry] else { return nil }
        return (type, groups)
    }

    /// The object of the first top-level group.
    package var root: Int? {
        guard case .object(let entry)? = groups.first?.values.first else { return nil }
        return entry
    }
}
