//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Where a Messages database lies and what belongs to it.
public struct DatabasePlace: Hashable, Sendable {
    /// The database file.
    public var path: String
    /// The home of the account that owns it; a leading `~` of attachment paths means this folder.
    public var home: String
    /// The address-book folder, or nil to show addresses only.
    public var addressBook: String?

    /// A place from its parts.
    ///
    /// - Parameters:
    ///   - path: the database file.
    ///   - home: the owner's home; nil derives it from a path ending in `Library/Messages/chat.db`, else takes the
    ///     folder of the database.
    ///   - addressBook: the address-book folder.
    public init(path: String, home: String? = nil, addressBook: String? = nil) {
        self.path = path
        self.addressBook = addressBook
        let suffix = "/Library/Messages/chat.db"
        self.home = home ?? (path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : Self.folder(of: path))
    }

    /// The usual place in the home folder `home`.
    public static func standard(home: String) -> DatabasePlace {
        DatabasePlace(
            path: home + "/Library/Messages/chat.db", home: home,
            addressBook: home + "/Library/Application Support/AddressBook"
        )
    }

    /// The folder the database lies in.
    public var folder: String { Self.folder(of: path) }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
