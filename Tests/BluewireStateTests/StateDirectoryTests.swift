//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireTesting
import Foundation
import Testing

@Suite struct StateDirectoryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    @Test func folderAndFilesArePrivate() throws {
        let directory = try StateDirectory(path: folder.file("a/b/state/"))
        #expect(directory.path == folder.file("a/b/state"))
        #expect(try mode(directory.path) == 0o700)
        let state = try StateDatabase(path: directory.statePath)
        let journal = try Journal(path: directory.journalPath)
        for path in [directory.statePath, directory.journalPath] {
            #expect(try mode(path) == 0o600)
            #expect(try mode(path + "-wal") == 0o600)
        }
        withExtendedLifetime((state, journal)) {}
    }

    @Test func openFolderIsMadePrivate() throws {
        let path = folder.file("wide")
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        _ = try StateDirectory(path: path)
        #expect(try mode(path) == 0o700)
    }

    @Test func fileInPlaceOfTheFolderIsRefused() throws {
        let path = folder.file("file")
        try Data().write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StateError.self) { try StateDirectory(path: path) }
        #expect(error?.code == .notWritable)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test(arguments: [10, 60, 200])
    func socketPathAlwaysFits(_ length: Int) throws {
        let path = folder.file(String(repeating: "d", count: length))
        let directory = try StateDirectory(path: path)
        #expect(directory.socketPath.utf8.count <= 103)
        #expect(try StateDirectory(path: path).socketPath == directory.socketPath)
    }

    @Test func secondLockNamesItsHolder() throws {
        let directory = try StateDirectory(path: folder.path)
        var lock: StateLock? = try directory.lock()
        let error = #expect(throws: StateError.self) { try directory.lock() }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
        #expect(directory.lockHolder() == ProcessInfo.processInfo.processIdentifier)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(directory.lockHolder() == nil)
        _ = try directory.lock()
    }

    @Test func whoAsksForTheHolderIsTakenForNone() throws {
        let directory = try StateDirectory(path: folder.path)
        _ = try directory.lock()
        let asking = open(directory.lockPath, O_RDWR | O_CLOEXEC)
        defer { close(asking) }
        #expect(flock(asking, LOCK_SH | LOCK_NB) == 0)
        #expect(directory.lockHolder() == nil)
        #expect(throws: Never.self) { try StateDirectory.checkFree(path: folder.path) }
    }

    @Test func askingForTheHolderNeverKeepsAGatewayFromStarting() async throws {
        let directory = try StateDirectory(path: folder.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<2000 { _ = try directory.lock() }
            }
            group.addTask {
                for _ in 0..<20_000 { _ = directory.lockHolder() }
            }
            try await group.waitForAll()
        }
        #expect(directory.lockHolder() == nil)
    }

    /// A lock that is not got must let go of its file once and touch nothing else that is open.
    @Test func lockThatIsHeldLeavesOtherFilesAlone() async throws {
        let directory = try StateDirectory(path: folder.path)
        let lock = try directory.lock()
        let path = folder.file("bystander")
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<3000 { #expect(throws: StateError.self) { try directory.lock() } }
            }
            group.addTask {
                for _ in 0..<3000 {
                    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
                    #expect(try file.read(upToCount: 2) == Data("x".utf8))
                    try file.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(directory.lockHolder() == ProcessInfo.processInfo.processIdentifier)
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [
        (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/bluewire"),
        (["XDG_STATE_HOME": "relative", "HOME": "/h"], nil),
        (["HOME": "/h"], nil),
    ])
    func defaultPathFollowsTheEnvironment(_ environment: [String: String], _ expected: String?) {
        #if os(macOS)
            let usual = "/h/Library/Application Support/Bluewire"
        #else
            let usual = "/h/.local/state/bluewire"
        #endif
        #expect(StateDirectory.defaultPath(environment: environment) == expected ?? usual)
    }
}
