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

@Suite struct UploadStoreTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let state: StateDatabase
    private let store: UploadStore

    init() throws {
        folder = try TemporaryFolder()
        state = try StateDatabase(path: folder.file("state.db"))
        store = UploadStore(folder: folder.file("uploads"), state: state, limits: Self.limits, clock: clock)
    }

    private static var limits: UploadStore.Limits {
        var limits = UploadStore.Limits()
        limits.fileBytes = 1000
        limits.ownerBytes = 3000
        limits.ownerCount = 4
        return limits
    }

    private func begin(
        _ name: String = "a.txt", owner: String = "tok_a", bytes: Int64? = 10, isResumable: Bool = true
    ) async throws -> Upload {
        try await store.begin(
            owner: owner, name: name, mimeType: "text/plain", bytes: bytes, isResumable: isResumable)
    }

    private func append(_ text: String, with writer: UploadWriter) throws {
        _ = try Array(text.utf8).withUnsafeBytes { try writer.append($0) }
    }

    /// An upload of "0123456789" with everything there.
    private func complete(owner: String = "tok_a") async throws -> Upload {
        let upload = try await begin(owner: owner)
        try append("0123456789", with: try store.writer(of: upload))
        return try await store.complete(upload, bytes: 10, digest: try store.digest(of: upload))
    }

    private func names() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.file("uploads"))) ?? []
    }

    @Test func bytesCanComeInPiecesAndAreDigestedAsOneFile() async throws {
        let upload = try await begin()
        let first = try store.writer(of: upload)
        try append("0123", with: first)
        #expect(store.received(upload) == 4)
        let second = try store.writer(of: upload)
        #expect(second.start == 4)
        try append("456789", with: second)
        // sha256sum of 0123456789
        let digest = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
        #expect(try store.digest(of: upload) == digest)
        let whole = try await store.complete(upload, bytes: 10, digest: digest)
        #expect(whole.isComplete)
        #expect(whole.identity == "\(digest) a.txt")
    }

    @Test func aLaterWriterStopsAnEarlierOne() async throws {
        let upload = try await begin()
        let first = try store.writer(of: upload)
        try append("01", with: first)
        let second = try store.writer(of: upload)
        #expect(throws: UploadError.takenOver) { try append("xx", with: first) }
        try append("23", with: second)
        #expect(store.received(upload) == 4)
        try await store.remove(upload)
        #expect(throws: UploadError.takenOver) { try append("45", with: second) }
        #expect(names().isEmpty)
    }

    @Test func moreThanAnnouncedIsRefusedAndCanBeTakenBack() async throws {
        let upload = try await begin()
        let first = try store.writer(of: upload)
        try append("01234", with: first)
        let second = try store.writer(of: upload)
        try append("567", with: second)
        #expect(throws: UploadError.exceedsAnnounced(bytes: 10)) { try append("890", with: second) }
        second.undo()
        #expect(store.received(upload) == 5)
    }

    @Test func aFullDiskLeavesWhatWasThereBefore() async throws {
        let full = UploadStore(folder: folder.file("uploads"), state: state, clock: clock) { file, bytes, offset in
            // Eight bytes fit, in writes of at most three.
            let room = min(bytes.count, 3, Int(8 - offset))
            guard room > 0 else {
                errno = ENOSPC
                return -1
            }
            return pwrite(file, bytes.baseAddress, room, off_t(offset))
        }
        let upload = try await full.begin(
            owner: "tok_a", name: "a", mimeType: "text/plain", bytes: 100, isResumable: true)
        let writer = try full.writer(of: upload)
        try append("01234", with: writer)
        let error = #expect(throws: StateError.self) { try append("56789", with: writer) }
        #expect(error?.code == .full)
        #expect(full.received(upload) == 5)
        try append("567", with: writer)
        #expect(full.received(upload) == 8)
    }

    @Test func sizesAndQuotasAreHeld() async throws {
        await #expect(throws: UploadError.tooLarge(limit: 1000)) { try await begin(bytes: 1001) }
        await #expect(throws: UploadError.empty) { try await begin(bytes: 0) }
        for _ in 0..<3 { _ = try await begin(bytes: 1000) }
        await #expect(throws: UploadError.quotaReached(bytes: 3000)) { try await begin(bytes: 1) }
        _ = try await begin(owner: "tok_b", bytes: 1)
        for _ in 0..<3 { _ = try await begin(owner: "tok_b", bytes: 1) }
        await #expect(throws: UploadError.quotaReached(bytes: 4)) { try await begin(owner: "tok_b", bytes: 1) }
        #expect(names().count == 7)
    }

    @Test func onlyWhoUploadsItAndTheOwnerUseIt() async throws {
        let upload = try await begin(owner: "tok_a")
        let principals = ["tok_a": true, "tok_b": false, "local": true, "web_1": false]
        for (id, may) in principals {
            let found = try await store.upload(upload.id, for: Principal(id: id, scopes: Scope.all))
            #expect((found != nil) == may, "\(id)")
        }
    }

    @Test func filesArePrivateAndLieUnderTheirOwnName() async throws {
        let upload = try await begin("../../etc/passwd")
        let path = store.path(of: upload)
        #expect(path == folder.file("uploads/\(upload.id)/passwd"))
        for (path, mode) in [
            (path, 0o600), (folder.file("uploads"), 0o700), (folder.file("uploads/\(upload.id)"), 0o700),
        ] {
            let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(found?.intValue == mode)
        }
    }

    @Test func whatIsUnusedGoesAfterADay() async throws {
        let begun = try await begin()
        clock.advance(by: .seconds(3600))
        let whole = try await complete()
        clock.advance(by: .seconds(23 * 3600 - 1))
        try await store.sweep()
        #expect(names().count == 2)
        clock.advance(by: .seconds(1))
        try await store.sweep()
        #expect(names() == [whole.id])
        #expect(try await store.upload(begun.id, for: .owner) == nil)
        clock.advance(by: .seconds(3600))
        try await store.sweep()
        #expect(names().isEmpty)
    }

    @Test(arguments: [
        (Send.State.queued, true, true), (.dispatched, true, true), (.landed, true, false), (.unknown, true, false),
        (.failed, true, false), (.sent, false, false), (.delivered, false, false), (.read, false, false),
        (.cancelled, false, false),
    ])
    func aFileStaysUntilItsSendNeedsItNoMore(_ sending: Send.State, _ atOnce: Bool, _ afterADay: Bool) async throws {
        let upload = try await complete()
        try await store.touch([upload])
        try await store.use([upload], in: SendID(rawValue: "snd_1"))
        try await state.write { db in
            try db.execute(
                sql: """
                    INSERT INTO outboxSend (id, revision, state, isOpen, line, isSelf, record)
                    VALUES ('snd_1', 1, ?, 0, 'me', 0, '')
                    """,
                arguments: [sending.rawValue])
        }
        try await store.sweep()
        #expect(names().isEmpty != atOnce)
        clock.advance(by: .seconds(24 * 3600))
        try await store.sweep()
        #expect(names().isEmpty != afterADay)
        if !atOnce {
            // What it was is remembered for repeated requests, and for nobody else.
            #expect(try await store.upload(upload.id, for: .owner) == nil)
            let spent = try await store.upload(upload.id, for: .owner, evenSpent: true)
            #expect(spent?.identity == upload.identity)
            clock.advance(by: .seconds(24 * 3600 + 1))
            try await store.sweep()
            #expect(try await store.upload(upload.id, for: .owner, evenSpent: true) == nil)
        }
    }

    @Test func aStartRemovesWhatCannotBeResumedAndFilesNobodyKnows() async throws {
        let resumable = try await begin()
        let single = try await begin(isResumable: false)
        let whole = try await complete()
        try FileManager.default.createDirectory(
            atPath: folder.file("uploads/up_stray"), withIntermediateDirectories: true)
        clock.advance(by: .seconds(1))
        let young = try await begin(isResumable: false)
        try await store.clear(before: clock.now)
        try await store.sweep()
        #expect(Set(names()) == [resumable.id, whole.id, young.id])
        #expect(try await store.upload(single.id, for: .owner) == nil)
    }

    @Test(arguments: [
        ("cat.jpg", "cat.jpg"), ("/etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("..", "file"),
        ("", "file"),
        (".bashrc", "bashrc"), ("a\u{0}b\nc\u{2028}d", "abcd"), ("photo\u{202E}gpj.exe", "photogpj.exe"),
        ("Ünïcödé 日本.pdf", "Ünïcödé 日本.pdf"), ("a:b.txt", "a-b.txt"), ("-rf", "rf"), ("dir/", "dir"),
        ("trailing. ", "trailing"),
        (String(repeating: "ä", count: 300) + ".jpeg", String(repeating: "ä", count: 97) + ".jpeg"),
    ])
    func namesOfStrangersAreMadeSafe(_ name: String, _ safe: String) {
        #expect(UploadName.sanitised(name) == safe)
    }
}
