//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import Foundation
import GRDB
import Testing

@Suite struct AuditChainTests {
    private let trail: AuditedFile

    init() throws { trail = try AuditedFile() }

    @Test func longChainIsWholeAndHasItsCheckpoints() async throws {
        try await trail.append(2100)
        let verification = try await trail.state.audit.verify()
        #expect(verification.broken == nil)
        #expect(verification.entries == 2100)
        #expect(verification.last == 2100)
        #expect(verification.checkpoints == 2)
    }

    @Test func entryIsWrittenCanonically() {
        let record = AuditRecord(
            at: Timestamp(nanoseconds: 1_760_000_000_000_000_001), actor: "tok_1", action: "a\"b\\c\n\u{1}é",
            outcome: "denied", reason: "")
        let entry = AuditEntry(record, sequence: 7, previous: AuditEntry.origin)
        let zeros = String(repeating: "0", count: 64)
        #expect(
            String(decoding: entry.canonicalJSON, as: UTF8.self)
                == #"{"action":"a\"b\\c\n\u0001é","actor":"tok_1","at":1760000000000000001,"outcome":"denied","prev":"\#(zeros)","reason":"","sequence":7}"#
        )
        #expect(entry.hash.hexadecimal.count == 64)
        #expect(String(decoding: entry.exportedJSON, as: UTF8.self).contains(#""hash":"\#(entry.hash.hexadecimal)""#))
    }

    @Test func fieldsAreCut() async throws {
        let long = String(repeating: "é", count: 500)
        try await trail.state.audit.append(AuditRecord(at: Timestamp(seconds: 1), actor: long, action: "x"))
        let entry = try #require(try await trail.state.audit.entries(since: nil, limit: 1).first)
        #expect(entry.record.actor.utf8.count == AuditRecord.longestField)
        #expect(try await trail.state.audit.verify().broken == nil)
    }

    /// Every cell of every table of the trail, changed in one place, one after the other.
    @Test(arguments: [1, 2, 3])
    func anyChangedByteIsFound(_ seed: UInt64) async throws {
        try await trail.append(40)
        try await trail.state.audit.prune(olderThan: .seconds(1 << 40), keeping: 30, now: Timestamp(seconds: 100))
        #expect(try await trail.state.audit.verify().broken == nil)
        var random = Numbers(seed)
        for cell in try await trail.cells() {
            let (change, undo) = cell.mutation(&random)
            try await trail.execute(change)
            let broken = try await trail.state.audit.verify().broken
            #expect(broken != nil, "not found: \(change)")
            try await trail.execute(undo)
        }
        #expect(try await trail.state.audit.verify().broken == nil)
    }

    @Test func removedEntryIsNamed() async throws {
        try await trail.append(12)
        for sequence in 1...12 {
            try await trail.withChange("DELETE FROM audit WHERE sequence = \(sequence)") { verification in
                #expect(verification.broken?.sequence == Int64(sequence))
            }
        }
        try await trail.withChange("DELETE FROM audit WHERE sequence > 5") { #expect($0.broken?.sequence == 6) }
        try await trail.withChange("DELETE FROM audit") { #expect($0.broken?.sequence == 1) }
        try await trail.withChange("DELETE FROM auditHead") { #expect($0.broken != nil) }
    }

    @Test func reorderedEntriesAreFound() async throws {
        try await trail.append(12)
        for first in 1...11 {
            let swap = """
                UPDATE audit SET sequence = -1 WHERE sequence = \(first);
                UPDATE audit SET sequence = \(first) WHERE sequence = \(first + 1);
                UPDATE audit SET sequence = \(first + 1) WHERE sequence = -1
                """
            try await trail.withChange(swap) { #expect($0.broken?.sequence == Int64(first)) }
        }
    }

    /// What somebody without the key can do at most: entries with right hashes.
    @Test func insertedAndRewrittenEntriesAreFound() async throws {
        try await trail.append(12)
        let entries = try await trail.state.audit.entries(after: 0, since: nil, limit: 100)
        let last = try #require(entries.last)
        let forged = AuditEntry(
            AuditRecord(at: Timestamp(seconds: 9), actor: "x", action: "y"), sequence: 13, previous: last.hash)
        try await trail.withChange(trail.insertion(of: forged)) { #expect($0.broken?.sequence == 13) }
        for start in 0..<12 {
            var previous = start == 0 ? AuditEntry.origin : entries[start - 1].hash
            var script: [String] = ["DELETE FROM audit WHERE sequence > \(start)"]
            for entry in entries[start...] {
                var record = entry.record
                if entry.sequence == Int64(start + 1) { record.actor = "somebody else" }
                let rewritten = AuditEntry(record, sequence: entry.sequence, previous: previous)
                previous = rewritten.hash
                script.append(trail.insertion(of: rewritten))
            }
            script.append("UPDATE auditHead SET hash = x'\(previous.hexadecimal)'")
            try await trail.withChange(script.joined(separator: ";")) { #expect($0.broken != nil) }
        }
    }

    @Test func entryBeforeACheckpointCannotBeRewritten() async throws {
        try await trail.append(1005)
        let start = "DELETE FROM audit WHERE sequence <= 1000"
        try await trail.withChange(start) { #expect($0.broken?.sequence == 1) }
        let change = "UPDATE auditHead SET first = 1001; \(start)"
        try await trail.withChange(change) { #expect($0.broken != nil) }
        try await trail.withChange("DELETE FROM auditCheckpoint") { #expect($0.broken?.sequence == 1000) }
    }

    @Test func tamperingStaysToldAfterMoreEntries() async throws {
        try await trail.append(5)
        try await trail.execute("DELETE FROM audit WHERE sequence = 5")
        try await trail.append(3)
        #expect(try await trail.state.audit.verify().broken?.sequence == 5)
        try await trail.execute(
            "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 5; UPDATE auditHead SET last = last - 1")
        try await trail.append(1)
        #expect(try await trail.state.audit.verify().broken != nil)
    }

    @Test func anotherKeyIsNotTheOneThatSigned() async throws {
        try await trail.append(5)
        try FileManager.default.removeItem(atPath: trail.folder.file("audit.key"))
        let reopened = try StateDatabase(path: trail.path)
        #expect(try await reopened.audit.verify().broken?.sequence == 5)
        try await reopened.audit.append(AuditRecord(at: Timestamp(seconds: 1), actor: "a", action: "b"))
        #expect(try await reopened.audit.verify().broken?.sequence == 6)
    }

    @Test(arguments: [0o644, 0o640, 0o604])
    func keyThatOthersCanReadIsRefused(_ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: trail.folder.file("audit.key"))
        let error = #expect(throws: StateError.self) { try StateDatabase(path: trail.path) }
        #expect(error?.remedy.contains("chmod 600") == true)
    }

    @Test func keyIsPrivateAndPseudonymsDependOnIt() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: trail.folder.file("audit.key"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let name = trail.state.audit.pseudonym("+15550001")
        #expect(name == trail.state.audit.pseudonym("+15550001"))
        #expect(name != trail.state.audit.pseudonym("+15550002"))
        let other = try AuditedFile()
        #expect(name != other.state.audit.pseudonym("+15550001"))
    }

    @Test func prunedTrailCanStillBeVerified() async throws {
        try await trail.append(1500)
        let audit = trail.state.audit
        #expect(try await audit.prune(olderThan: .seconds(1 << 40), keeping: 900, now: Timestamp(seconds: 5)) == 600)
        var verification = try await audit.verify()
        #expect(verification.broken == nil)
        #expect(verification.first == 601)
        #expect(verification.checkpoints == 2)
        #expect(try await audit.prune(olderThan: .zero, keeping: 900, now: Timestamp(seconds: 1 << 32)) == 900)
        #expect(try await audit.verify().broken == nil)
        try await trail.append(3)
        verification = try await audit.verify()
        #expect(verification.broken == nil)
        #expect(verification.first == 1501)
        #expect(verification.entries == 3)
    }

    @Test func brokenTrailIsNotPruned() async throws {
        try await trail.append(10)
        try await trail.execute("DELETE FROM audit WHERE sequence = 10")
        let dropped = try await trail.state.audit.prune(
            olderThan: .zero, keeping: 0, now: Timestamp(seconds: 1 << 32))
        #expect(dropped == 0)
        #expect(try await trail.state.audit.verify().broken?.sequence == 10)
    }
}
