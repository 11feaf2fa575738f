//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTesting
import Foundation
import Synchronization
import Testing

/// What a generated database looks like.
struct GeneratorOptions: Hashable, Sendable, CustomTestStringConvertible {
    var macOS: Int
    var messages = 3000
    var flags: [String] = []

    var testDescription: String { (["macOS \(macOS)"] + flags).joined(separator: " ") }

    /// Every schema flavour the generator knows.
    static let all = [
        GeneratorOptions(macOS: 13), GeneratorOptions(macOS: 14, flags: ["--upgraded", "--old-dates"]),
        GeneratorOptions(macOS: 15, flags: ["--upgraded"]), GeneratorOptions(macOS: 26, flags: ["--with-contacts"]),
    ]
    /// The newest flavour, with an address book and files beside the database.
    static let newest = GeneratorOptions.all[3]
}

/// A database written by the generator, with the manifest of what is in it; made once per run of the tests.
struct GeneratedDatabase: Sendable {
    var folder: String
    var manifest: Manifest

    var path: String { folder + "/chat.db" }

    private static let made = Mutex<[GeneratorOptions: GeneratedDatabase]>([:])

    /// The database of those options.
    static func with(_ options: GeneratorOptions) throws -> GeneratedDatabase {
        try made.withLock { made in
            if let database = made[options] { return database }
            let database = try generate(options)
            made[options] = database
            return database
        }
    }

    private static func generate(_ options: GeneratorOptions) throws -> GeneratedDatabase {
        let folder = try TemporaryFolder.make()
        try TestProgram.run(
            [
                "python3", try SharedData.require("tools/make_chatdb.py").path, "--quiet", "--out", folder + "/chat.db",
                "--messages", String(options.messages), "--macos", String(options.macOS), "--manifest",
                folder + "/manifest.json",
            ] + options.flags)
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/manifest.json"))
        return GeneratedDatabase(folder: folder, manifest: try JSONDecoder().decode(Manifest.self, from: data))
    }

    /// A store over the database.
    func store() throws -> MessageStore {
        let contacts = folder + "/AddressBook-v22.abcddb"
        let hasContacts = FileManager.default.fileExists(atPath: contacts)
        return try MessageStore(
            place: DatabasePlace(path: path, home: folder, addressBook: hasContacts ? contacts : nil),
            line: LineID(rawValue: "test")
        )
    }
}

/// The part of the generator's manifest the tests compare with.
struct Manifest: Decodable, Sendable {
    struct Tapbacks: Decodable, Sendable {
        var add: [String: Int]
        var remove: [String: Int]
        var emoji: [String: Int]
    }

    struct Sample: Decodable, Sendable {
        struct File: Decodable, Sendable {
            var guid: String
            var name: String?
            var mime: String?
        }

        struct Reaction: Decodable, Sendable {
            var target: String
            var type: Int
            var emoji: String?
        }

        var guid: String
        var rowid: Int64
        var chat_guid: String?
        var kind: String
        var body: String?
        var text: String?
        var date_ns: Int64
        var is_from_me: Bool
        var service: String
        var sender: String?
        var reply_to_thread: String?
        var attachments: [File]
        var edit_history: [String]?
        var tapback: Reaction?
        var subject: String?
        var effect: String?
    }

    struct Needle: Decodable, Sendable {
        var casefold_nodiacritics: Int
        var guids: [String]
    }

    var messages: Int
    var chats: Int
    var handles: Int
    var attachments: Int
    var chat_message_joins: Int
    var messages_joined_distinct: Int
    var first_date_ns: Int64
    var last_date_ns: Int64
    var date_of_rowid_max_ns: Int64
    var by_kind: [String: Int]
    var edited: Int
    var unsent: Int
    var unread_incoming: Int
    var tapbacks: Tapbacks
    var services: [String: Int]
    var text_storage: [String: Int]
    var attachments_by_mime: [String: Int]
    var features: [String: Int]
    var traps: [String: Int]
    var per_chat: [String: DatabaseStatistics.ChatCounts]
    var per_handle: [String: Int]
    var needles: [String: Needle]
    var samples: [Sample]
    var sha256: String
    var sha256_body: String
}

/// Folders for the length of a test run.
enum TemporaryFolder {
    static func make() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/bluewire-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
