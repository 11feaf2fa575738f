//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireStore
// Full Foundation: files, rights.
import Foundation

extension SelftestCheck {
    static let system: [SelftestCheck] = [
        tool("system.version", "version of macOS", "/usr/bin/sw_vers", ["-productVersion"]) { answer in
            let version = answer.output.prefix { $0.isNumber || $0 == "." }
            return .when(answer.isSuccess && !version.isEmpty, "macOS \(version)")
        },
        tool("system.build", "build of macOS", "/usr/bin/sw_vers", ["-buildVersion"]) { answer in
            let build = answer.output.prefix { $0.isNumber || $0.isLetter }
            return .when(answer.isSuccess && !build.isEmpty, String(build.prefix(12)))
        },
        SelftestCheck("system.processor", "processor") { _ in
            #if arch(arm64)
                .passed("arm64")
            #else
                .passed("x86_64")
            #endif
        },
        SelftestCheck("system.program", "program that holds the permissions") { bench in
            let environment = bench.machine.environment
            if environment["SSH_CONNECTION"] != nil { return .passed("ssh") }
            let known: Set<String> = [
                "Apple_Terminal", "iTerm.app", "vscode", "WarpTerminal", "ghostty", "tmux", "zed",
            ]
            let program = environment["TERM_PROGRAM"].flatMap { known.contains($0) ? $0 : nil }
            return .passed(program ?? "another one")
        },
        SelftestCheck("system.user", "runs as a person, not as root") { bench in
            .when(!bench.machine.isRoot, bench.machine.isRoot ? "root" : "a person")
        },
    ]

    static let permissions: [SelftestCheck] = [
        SelftestCheck("permissions.folder", "the Messages folder can be listed") { bench in
            listing(bench.place.folder, isNeeded: true)
        },
        SelftestCheck("permissions.database", "the database may be read") { bench in
            guard FileStatus(path: bench.place.path) != nil else { return .failed("not there") }
            return .when(access(bench.place.path, R_OK) == 0, "access(2)")
        },
        SelftestCheck("permissions.disk", "Full Disk Access, proven by reading") { bench in
            switch bench.store {
            case .success: .passed("opened")
            case .failure(let error): .failed("\(error.code)")
            }
        },
        SelftestCheck("permissions.attachments", "the attachments can be listed") { bench in
            listing(bench.place.home + "/Library/Messages/Attachments", isNeeded: false)
        },
        SelftestCheck("permissions.contacts", "the address book can be listed") { bench in
            guard let book = bench.place.addressBook else { return .skipped("there is no address book") }
            return listing(book, isNeeded: true)
        },
    ]

    /// How many entries a folder has; their names stay here.
    private static func listing(_ folder: String, isNeeded: Bool) -> Outcome {
        guard FileManager.default.fileExists(atPath: folder) else {
            return isNeeded ? .failed("not there") : .skipped("not there")
        }
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return .failed("refused")
        }
        return .passed("\(entries.count) entries")
    }

    static let databaseChecks: [SelftestCheck] = [
        database("database.sqlite", "SQLite reads it") {
            .passed("SQLite \($0.sqliteVersion), \($0.messages) messages")
        },
        database("database.wal", "it keeps a write-ahead log") { .when($0.journalMode == "wal", $0.journalMode) },
        database("database.readonly", "our connection refuses to write") { .when($0.isQueryOnly, "query_only") },
        SelftestCheck("database.sidecars", "log and index lie beside it") { bench in
            guard let store = try? bench.store.get() else { return .skipped("the database was not read") }
            let files = DatabaseFiles(path: bench.place.path)
            return .when(
                !store.isDegraded,
                "-wal \(files.log == nil ? "absent" : "present"), -shm \(files.index == nil ? "absent" : "present")"
            )
        },
        schema("database.generation", "the schema is a known one") { schema in
            .when(
                schema.generation.hasPrefix("macOS"),
                schema.generation + (schema.clientVersion.flatMap(Int.init).map { ", client \($0)" } ?? "")
            )
        },
        schema("database.tables", "the tables are there") { schema in
            let missing = [
                "message", "chat", "handle", "attachment", "chat_message_join", "chat_handle_join",
                "message_attachment_join",
            ].filter { !schema.has($0) }
            return .when(
                missing.isEmpty, missing.isEmpty ? "\(schema.tables.count) tables" : missing.joined(separator: " "))
        },
        schema("database.columns", "no column is unknown") { schema in
            .when(
                schema.unknownColumns.isEmpty,
                schema.unknownColumns.isEmpty
                    ? "\(schema.columns["message"]?.count ?? 0) of message, \(schema.absentColumns.count) absent"
                    : schema.unknownColumns.joined(separator: " ")
            )
        },
        database("database.dates", "dates are in nanoseconds") {
            .when(($0.dates["nanoseconds"] ?? 0) >= ($0.dates["seconds"] ?? 0), words($0.dates))
        },
        database("database.bodies", "bodies of the newest 1000 decode") { rate($0.bodies, least: 0.99) },
        database("database.summaries", "their edit histories decode") { rate($0.summaries, least: 0.99) },
        database("database.payloads", "their app payloads decode") { rate($0.payloads, least: 0.95) },
        database("database.hydration", "the newest rows become messages") {
            .when($0.hydrated == $0.sampled, "\($0.hydrated) of \($0.sampled)")
        },
        database("database.kinds", "no row is of an unknown kind") {
            .when(
                $0.unknownItems + $0.unknownReactions == 0, "\($0.unknownItems) items, \($0.unknownReactions) reactions"
            )
        },
        database("database.joins", "messages are in chats") {
            .when($0.unjoined * 10 <= $0.messages, "\($0.unjoined) of \($0.messages) are in none")
        },
        database("database.chats", "merging keeps every chat once") {
            .when(
                $0.misplacedChats == 0 && $0.conversations <= $0.chatRows,
                "\($0.chatRows) rows, \($0.conversations) chats")
        },
        database("database.guids", "chat GUIDs have known forms") {
            .when(($0.guidForms["other"] ?? 0) == 0, words($0.guidForms))
        },
        database("database.paths", "attachment paths have known forms") {
            .when(($0.attachmentPaths["other"] ?? 0) == 0, words($0.attachmentPaths))
        },
        database("database.own", "own addresses are known") { .when($0.ownAddresses > 0, "\($0.ownAddresses)") },
        SelftestCheck("database.names", "the address book names people") { bench in
            guard let checkup = bench.checkup else { return .skipped("the database was not read") }
            guard bench.place.addressBook != nil else { return .skipped("there is no address book") }
            return .when(checkup.namedHandles > 0, "\(checkup.namedHandles) of \(checkup.handles)")
        },
    ]

    private static func schema(
        _ id: String, _ title: String, _ look: @escaping @Sendable (SchemaReport) -> Outcome
    ) -> SelftestCheck {
        SelftestCheck(id, title) { bench in
            guard let schema = try? bench.store.get().schema else { return .skipped("the database was not read") }
            return look(schema)
        }
    }

    private static func rate(_ rate: DatabaseCheckup.Rate, least: Double) -> Outcome {
        guard rate.present > 0 else { return .skipped("there are none") }
        return .when(Double(rate.readable) >= least * Double(rate.present), rate.description)
    }

    private static func words(_ counts: [String: Int]) -> String {
        counts.isEmpty
            ? "none" : counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
