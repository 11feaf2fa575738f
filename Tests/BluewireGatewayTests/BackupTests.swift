//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Foundation
import Testing

@Suite struct BackupTests {
    private let folder: TemporaryFolder
    private let home: String

    init() throws {
        folder = try TemporaryFolder()
        home = folder.file("state")
    }

    @Test func backupComesBackAndTheReplacedStateIsKept() async throws {
        try await seed()
        let report = try await StateBackup(directory: home).make(at: folder.file("b.tar"))
        let attributes = try FileManager.default.attributesOfItem(atPath: report.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(attributes[.size] as? Int64 == report.bytes)
        try await withState { state in _ = try await state.tokens().create(name: "later", scopes: [.read]) }
        let restored = try await StateRestore(directory: home).restore(from: report.path)
        #expect(restored.unknownSends == 0)
        try await withState { state async throws in
            #expect(try await state.tokens().list().map(\.name) == ["first"])
            #expect(try await state.audit.list().map(\.action) == ["restore"])
            #expect(try await state.audit.verify().broken == nil)
        }
        let aside = try #require(restored.replaced)
        let kept = try StateDatabase(path: aside + "/state.db")
        #expect(try await kept.tokens().list().map(\.name).sorted() == ["first", "later"])
        #expect(try leftovers().map { home + "/" + $0 } == [aside])
    }

    @Test func backupOfAnotherMachineMakesTheState() async throws {
        try await seed()
        let backup = try await StateBackup(directory: home).make(at: folder.file("b.tar"))
        let restored = try await StateRestore(directory: folder.file("new/place")).restore(from: backup.path)
        #expect(restored.replaced == nil)
        let state = try StateDatabase(path: folder.file("new/place/state.db"))
        #expect(try await state.tokens().list().map(\.name) == ["first"])
        #expect(try await state.audit.verify().broken == nil)
    }

    @Test func placeUnlessGivenIsBelowTheState() async throws {
        try await seed()
        let report = try await StateBackup(directory: home).make(at: nil)
        #expect(report.path.hasPrefix(home + "/backups/bluewire-"))
        #expect(try leftovers() == ["backups"])
    }

    @Test func whatAKilledBackupLeftIsRemovedAndALivingOnesStays() async throws {
        try await seed()
        let lent = try await StateBackup(directory: home).lend(to: "tok_1")
        // No process has this number: Linux gives out at most 2^22, Darwin 99999.
        let dead = ["backup.99999999.1", "backup.99999999.1.tar"]
        for name in dead { try Data([1]).write(to: URL(fileURLWithPath: home + "/" + name)) }
        try Data([1]).write(to: URL(fileURLWithPath: home + "/backup.mine"))
        StateBackup.removeLeftovers(in: home)
        #expect(
            try leftovers()
                == ["backup.mine", lent.split(separator: "/").last.map(String.init)].compactMap { $0 }.sorted())
        try await withState { state async throws in
            #expect(try await state.audit.list().map { "\($0.action) \($0.actor)" } == ["backup tok_1"])
        }
    }

    @Test func nothingIsOverwritten() async throws {
        try await seed()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("b.tar")))
        await #expect(throws: GatewayError.self) {
            try await StateBackup(directory: home).make(at: folder.file("b.tar"))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("b.tar"))) == Data("mine".utf8))
        #expect(try leftovers().isEmpty)
    }

    @Test func withoutAStateThereIsNoBackup() {
        let error = #expect(throws: GatewayError.self) { try StateBackup(directory: folder.file("none")) }
        #expect(error?.code == .missingInput)
    }

    @Test func runningGatewayIsNotReplaced() async throws {
        try await seed()
        let backup = try await StateBackup(directory: home).make(at: folder.file("b.tar"))
        let directory = try StateDirectory(path: home)
        let lock = try directory.lock()
        let error = await #expect(throws: StateError.self) {
            try await StateRestore(directory: home).restore(from: backup.path)
        }
        #expect(error?.code == .locked)
        withExtendedLifetime(lock) {}
    }

    /// A changed byte in every block of the archive, and cuts at every block.
    @Test func damagedBackupIsRefusedAndTheStateStays() async throws {
        try await seed()
        let backup = try await StateBackup(directory: home).make(at: folder.file("b.tar"))
        let whole = try Data(contentsOf: URL(fileURLWithPath: backup.path))
        var places = Array(stride(from: 0, to: whole.count - 1024, by: 512 * 37))
        places += [100, 512 + 40, 1024 + 90]
        for place in places {
            var damaged = whole
            damaged[place] ^= 0x41
            try await expectRefusal(damaged, "changed at \(place)")
            try await expectRefusal(whole.prefix(place), "cut at \(place)")
        }
        try await expectRefusal(Data(), "empty")
        try await withState { state async throws in
            #expect(try await state.tokens().list().map(\.name) == ["first"])
        }
    }

    @Test func namesThatLeaveTheFolderAreRefused() async throws {
        try await seed()
        let backup = try await StateBackup(directory: home).make(at: folder.file("b.tar"))
        var text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: backup.path)), as: Unicode.ASCII.self)
        text = String(text.prefix(4096)).replacingOccurrences(of: #""audit.key""#, with: #""../a.key" "#)
        try await expectRefusal(Data(text.utf8), "another name")
        #expect(!FileManager.default.fileExists(atPath: folder.file("a.key")))
    }

    /// Killed between any two moves of files; the next start goes on.
    @Test(arguments: 0...7)
    func restoreThatWasKilledIsFinished(_ moves: Int) async throws {
        try await seed()
        let backup = try await StateBackup(directory: home).make(at: folder.file("b.tar"))
        try await withState { state in _ = try await state.tokens().create(name: "later", scopes: [.read]) }
        // A restore elsewhere makes what a restore here would have ready.
        _ = try await StateRestore(directory: folder.file("elsewhere")).restore(from: backup.path)
        let directory = try StateDirectory(path: home)
        try FileManager.default.createDirectory(atPath: directory.restoreDraftPath, withIntermediateDirectories: true)
        let names = ["audit.key", "journal.db", "state.db"]
        for name in names {
            try FileManager.default.copyItem(
                atPath: folder.file("elsewhere/\(name)"), toPath: directory.restoreDraftPath + "/" + name)
        }
        if moves == 7 {
            // Not complete: it is forgotten, and the old state stays.
            #expect(try directory.finishRestore() == nil)
            try await withState { state async throws in #expect(try await state.tokens().list().count == 2) }
            return
        }
        try directory.commitRestore(keepingOldIn: "replaced-test")
        try FileManager.default.createDirectory(atPath: home + "/replaced-test", withIntermediateDirectories: true)
        for move in 0..<moves {
            let name = names[move / 2]
            let (from, to) =
                move % 2 == 0
                ? (home + "/" + name, home + "/replaced-test/" + name)
                : (directory.restoreReadyPath + "/" + name, home + "/" + name)
            // As the restore does: the log of the old database goes with it, and first.
            for suffix in ["-wal", "-shm", ""] where FileManager.default.fileExists(atPath: from + suffix) {
                try FileManager.default.moveItem(atPath: from + suffix, toPath: to + suffix)
            }
        }
        #expect(try directory.finishRestore() == home + "/replaced-test")
        try await withState { state async throws in
            #expect(try await state.tokens().list().map(\.name) == ["first"])
            #expect(try await state.audit.verify().broken == nil)
        }
        #expect(try await StateDatabase(path: home + "/replaced-test/state.db").tokens().list().count == 2)
        #expect(try leftovers() == ["replaced-test"])
    }

    /// What was acknowledged before the backup began is in it, however much is written meanwhile.
    @Test func nothingAcknowledgedIsLostUnderLoad() async throws {
        try await seed()
        let state = try StateDatabase(path: home + "/state.db")
        let journal = try Journal(path: home + "/journal.db")
        let (backup, before) = try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    var count = 0
                    // Enough for the time a backup takes, and no burden for the tests beside this one.
                    while !Task.isCancelled, count < 300 {
                        count += 1
                        let record = SendRecord(
                            id: SendID(rawValue: "snd_\(writer)_\(count)"), origin: "t",
                            recipient: .handle("+15550001"), line: Samples.line,
                            action: .message(Draft(text: "\(count)")), createdAt: Timestamp(seconds: 1))
                        _ = try? await state.sends.write { try $0.insert(record) }
                        _ = try? await journal.append([EventDraft(send: record.send, chat: nil)])
                    }
                }
            }
            let wanted = journal.head.sequence + 60
            await journal.withWakeUps { wakeUps in
                for await _ in wakeUps where journal.head.sequence >= wanted { break }
            }
            let sends = try await state.sends.read { try $0.records(in: nil, limit: 100_000) }.map(\.id)
            let events = try await journal.events(after: journal.oldest, limit: 100_000).map(\.id)
            let backup = try await StateBackup(directory: home).make(at: folder.file("b.tar"))
            group.cancelAll()
            return (backup, (sends: Set(sends), events: Set(events)))
        }
        let target = folder.file("restored")
        let outcome = try await StateRestore(directory: target).restore(from: backup.path)
        let restored = try StateDatabase(path: target + "/state.db")
        let records = try await restored.sends.read { try $0.records(in: nil, limit: 100_000) }
        #expect(before.sends.count >= 60)
        #expect(before.sends.isSubset(of: records.map(\.id)))
        #expect(records.allSatisfy { $0.progress.state == .unknown })
        #expect(outcome.unknownSends == records.count)
        let renewed = try Journal(path: target + "/journal.db")
        let events = try await renewed.events(after: renewed.oldest, limit: 100_000)
        #expect(before.events.isSubset(of: events.map(\.id)))
        // The journal was copied last: it knows of everything the state refers to but the change just made to it.
        #expect(events.count >= records.count)
    }

    private func seed() async throws {
        _ = try StateDirectory(path: home)
        try await withState { state in _ = try await state.tokens().create(name: "first", scopes: [.read]) }
        let journal = try Journal(path: home + "/journal.db")
        try await journal.append([EventDraft(line: Samples.line, state: "up", reason: nil)])
        try journal.close()
    }

    private func withState(_ body: (StateDatabase) async throws -> Void) async throws {
        let state = try StateDatabase(path: home + "/state.db")
        try await body(state)
        try state.close()
    }

    private func expectRefusal(_ bytes: Data, _ what: String) async throws {
        let path = folder.file("damaged.tar")
        try bytes.write(to: URL(fileURLWithPath: path))
        let before = try Data(contentsOf: URL(fileURLWithPath: home + "/state.db"))
        let error = await #expect(throws: GatewayError.self, "\(what)") {
            try await StateRestore(directory: home).restore(from: path)
        }
        #expect(error?.code == .badData, "\(what)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: home + "/state.db")) == before)
        #expect(try leftovers().isEmpty)
    }

    /// What is in the state directory that a gateway does not put there.
    private func leftovers() throws -> [String] {
        let usual: Set<String> = [
            "state.db", "journal.db", "audit.key", "gateway.lock", "state.db-wal", "state.db-shm",
            "journal.db-wal", "journal.db-shm",
        ]
        return try FileManager.default.contentsOfDirectory(atPath: home).filter { !usual.contains($0) }.sorted()
    }
}
