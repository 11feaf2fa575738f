//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTesting
import Foundation
import GRDB
import Testing

struct AttachmentTests {
    private func withFile(
        _ stored: String, contents: String? = "bytes", prepare: (String) throws -> Void = { _ in }
    ) throws -> MessageStore {
        let home = try TemporaryFolder.make()
        let messages = home + "/Library/Messages"
        try FileManager.default.createDirectory(
            atPath: messages + "/Attachments/ab/01/G", withIntermediateDirectories: true
        )
        let database = try HandmadeDatabase(in: messages)
        if let contents {
            try contents.write(toFile: messages + "/Attachments/ab/01/G/a b#.txt", atomically: true, encoding: .utf8)
        }
        try prepare(home)
        try database.queue.write { db in
            try db.execute(
                sql: "INSERT INTO attachment (guid, filename, transfer_state) VALUES ('A', ?, 5)", arguments: [stored]
            )
        }
        return try database.store()
    }

    @Test(arguments: ["~/Library/Messages/Attachments/ab/01/G/a b#.txt"])
    func aFileBelowTheAttachmentsIsGivenOut(_ stored: String) async throws {
        let file = try #require(try await withFile(stored).attachmentFile("A"))
        #expect(file.byteCount == 5)
        #expect(file.path.hasSuffix("/Library/Messages/Attachments/ab/01/G/a b#.txt"))
        #expect(file.attachment.mimeType == "text/plain")
        #expect(try await withFile(stored).attachmentFile("B") == nil)
    }

    @Test(arguments: [
        "~/Library/Messages/chat.db", "~/Library/Messages/chat.db-wal", "/etc/passwd", "~/secret.txt",
        "~/Library/Messages/Attachments/../chat.db", "~/Library/Messages/Attachments/link",
        "~/Library/Messages/Attachments/hard", "~/Library/Messages/Attachments/ab",
        "~/Library/Messages/Attachments/none.txt", "~/Library/Messages/AttachmentsX/x", "~root/x", "",
    ])
    func nothingElseIs(_ stored: String) async throws {
        let store = try withFile(stored) { home in
            let attachments = home + "/Library/Messages/Attachments"
            try "secret".write(toFile: home + "/secret.txt", atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(
                atPath: attachments + "/link", withDestinationPath: home + "/secret.txt"
            )
            // Another name of the database itself: opening it would drop SQLite's locks.
            try FileManager.default.linkItem(atPath: home + "/Library/Messages/chat.db", toPath: attachments + "/hard")
        }
        let error = await #expect(throws: StoreError.self) { try await store.attachmentFile("A") }
        #expect(error?.code == .noFile)
    }

    @Test(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
    func filesBesideACopiedDatabaseAreFound() async throws {
        let database = try GeneratedDatabase.with(.newest)
        let store = try database.store()
        var found = 0
        for sample in database.manifest.samples {
            for attachment in sample.attachments {
                guard let file = try? await store.attachmentFile(attachment.guid) else { continue }
                found += 1
                #expect(file.path.hasPrefix(database.folder) || file.path.contains("/Attachments/"))
            }
        }
        #expect(found > 0)
    }
}
