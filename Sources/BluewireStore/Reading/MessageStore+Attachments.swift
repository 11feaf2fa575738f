//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel
import GRDB

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file that may be given out: it exists, is a regular file, and lies inside the folders of Messages.
public struct AttachmentFile: Hashable, Sendable {
    /// What the database says about it.
    public var attachment: Attachment
    /// The path with every symbolic link resolved; open it with `O_NOFOLLOW`.
    public var path: String
    /// Its length.
    public var byteCount: Int64
    /// When it was last written.
    public var modifiedAt: Timestamp
}

extension MessageStore {
    /// What the database says about an attachment, by its GUID or its sender's; nil when there is none.
    public func attachment(_ guid: String) async throws -> Attachment? {
        try await read { database, db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: database.hydrator.queries.attachmentsByGUID), arguments: [RowList.json([guid])]
            )
            guard let row = try rows.next() else { return nil }
            return AttachmentRow(row).attachment
        }
    }

    /// The chats whose messages carry an attachment, by its GUID or its sender's.
    package func chats(carrying attachment: String) async throws -> Set<ChatID> {
        let messages = try await read { database, db in
            let other = database.schema.has("attachment", "original_guid") ? "OR a.original_guid = ?1" : ""
            return try String.fetchAll(
                db,
                sql: """
                    SELECT m.guid FROM attachment a
                    JOIN message_attachment_join j ON j.attachment_id = a.ROWID
                    JOIN message m ON m.ROWID = j.message_id
                    WHERE a.guid = ?1 \(other) LIMIT 100
                    """, arguments: [attachment])
        }
        var chats: Set<ChatID> = []
        for guid in messages {
            if let chat = try await message(MessageID(rawValue: guid))?.chat { chats.insert(chat) }
        }
        return chats
    }

    /// The file of an attachment; nil when the database knows no such attachment.
    ///
    /// - Throws: ``StoreError`` with `attachment_unavailable` when there is no file yet or no more, or when its stored
    ///   path leads outside the attachment folders of Messages.
    public func attachmentFile(_ guid: String) async throws -> AttachmentFile? {
        guard let attachment = try await attachment(guid) else { return nil }
        return try AttachmentLocator(place: place).file(of: attachment)
    }
}

/// Resolves the stored path of an attachment without ever leaving the folders of Messages.
struct AttachmentLocator {
    private static let messagesPrefix = "~/Library/Messages/"
    private let place: DatabasePlace

    init(place: DatabasePlace) {
        self.place = place
    }

    func file(of attachment: Attachment) throws(StoreError) -> AttachmentFile {
        guard let stored = attachment.storedPath, !stored.isEmpty else {
            throw Self.unavailable("The attachment has no file on this machine.")
        }
        for candidate in candidates(stored) {
            guard let path = Self.resolved(candidate), isInside(path), let status = safeStatus(path) else { continue }
            return AttachmentFile(
                attachment: attachment, path: path, byteCount: status.byteCount,
                modifiedAt: Timestamp(nanoseconds: status.modifiedAt)
            )
        }
        throw Self.unavailable("The file of the attachment is not in the folders of Messages.")
    }

    /// Where the stored path may lead: below the owner's home, or beside a database that was copied elsewhere.
    private func candidates(_ stored: String) -> [String] {
        guard stored.hasPrefix("~/") else { return [stored] }
        let home = place.home + stored.dropFirst(1)
        guard stored.hasPrefix(Self.messagesPrefix) else { return [home] }
        return [home, place.folder + "/" + stored.dropFirst(Self.messagesPrefix.count)]
    }

    /// Only these folders hold attachments; the database itself lies beside them and is out of reach.
    private var roots: [String] {
        [place.home + "/Library/Messages", place.folder].flatMap { folder in
            ["Attachments", "StickerCache"].compactMap { Self.resolved(folder + "/" + $0) }
        }
    }

    private func isInside(_ path: String) -> Bool {
        roots.contains { path.hasPrefix($0 + "/") }
    }

    /// The status of a regular file that is not one of the database's own under another name.
    private func safeStatus(_ path: String) -> FileStatus? {
        guard let status = FileStatus(path: path, followsLinks: false), status.isRegular, status.byteCount > 0 else {
            return nil
        }
        let files = DatabaseFiles(path: place.path)
        return [files.main, files.log, files.index].contains(status.identity) ? nil : status
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func unavailable(_ message: String) -> StoreError {
        StoreError(
            .noFile, message: message, remedy: "Open the chat in Messages to download it, then try again."
        )
    }
}
