//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireMessagesApp
import BluewireModel
import BluewireState
import BluewireStore
// Full Foundation: files, sockets.
import Foundation

extension SelftestCheck {
    static let watching: [SelftestCheck] = [
        SelftestCheck("watching.arm", "file events watch the database") { bench in
            guard FileStatus(path: bench.place.path) != nil else { return .skipped("there is no database") }
            return .when(FileEventCheck.canWatch(bench.place.path), "armed")
        },
        SelftestCheck("watching.wakes", "writing a log wakes the watcher") { bench in
            let path = bench.folder + "/wake.db"
            return attempt {
                try Data("x".utf8).write(to: URL(filePath: path))
                try Data("x".utf8).write(to: URL(filePath: path + "-wal"))
                // Waits on this thread for at most the machine's patience.
                let isAwake = try FileEventCheck.wakes(path, within: bench.machine.patience) {
                    guard let log = FileHandle(forWritingAtPath: path + "-wal") else { return }
                    try log.write(contentsOf: Data("more".utf8))
                    try log.close()
                }
                return .when(isAwake, isAwake ? "woken" : "not woken")
            }
        },
        SelftestCheck("watching.idle", "an idle database does not keep it awake") { bench in
            attempt {
                let count = try FileEventCheck.wakeUps(of: bench.place.path, during: bench.machine.patience)
                return .when(count < 200, "\(count) wake-ups in \(bench.machine.patience)")
            }
        },
        database("watching.poll", "the poll's version number can be read") {
            .when($0.dataVersion != nil, "data_version")
        },
        SelftestCheck("watching.identity", "the file keeps its device and number") { bench in
            guard let store = try? bench.store.get(), let database = try? store.database() else {
                return .skipped("the database was not read")
            }
            return .when(database.isCurrent, "unchanged since it was opened")
        },
        SelftestCheck("watching.descriptors", "only SQLite has the database open") { bench in
            guard (try? bench.store.get()) != nil else { return .skipped("the database was not read") }
            // A pool of three readers and its one other connection.
            let count = SelftestBench.descriptors(on: bench.place.path)
            return .when(
                bench.descriptorsBefore == 0 && (1...4).contains(count),
                "\(bench.descriptorsBefore) before, \(count) now")
        },
    ]

    static let sending: [SelftestCheck] = [
        SelftestCheck("sending.osascript", "osascript is there") { bench in
            guard bench.machine.isMac else { return .skipped("needs a Mac") }
            return .when(FileManager.default.isExecutableFile(atPath: bench.configuration.osascript), "executable")
        },
        SelftestCheck("sending.compiles", "the send script compiles") { bench in
            let source = bench.folder + "/send.applescript"
            do {
                try Data(SendScript.source.utf8).write(to: URL(filePath: source))
            } catch {
                return .failed("the source could not be written")
            }
            let arguments = ["-o", bench.folder + "/send.scpt", source]
            guard let answer = await bench.machine.run("/usr/bin/osacompile", arguments) else {
                return .skipped("this computer has no such tool")
            }
            return .when(answer.isSuccess, answer.isSuccess ? "compiled" : "refused")
        },
        SelftestCheck("sending.messages", "Messages is installed") { bench in
            guard bench.machine.isMac else { return .skipped("needs a Mac") }
            let places = ["/System/Applications/Messages.app", "/Applications/Messages.app"]
            return .when(places.contains { FileManager.default.fileExists(atPath: $0) }, "Messages.app")
        },
        SelftestCheck("sending.staging", "files can be put where Messages reads them") { bench in
            let folder = bench.place.home + "/Library/Messages/Attachments"
            guard FileManager.default.fileExists(atPath: folder) else { return .skipped("there is no such folder") }
            return .when(access(folder, W_OK | X_OK) == 0, "access(2); nothing was written")
        },
        SelftestCheck("sending.jobs", "jobs can be put into the state directory") { bench in
            let folder = bench.configuration.stateDirectory
            guard FileManager.default.fileExists(atPath: folder) else { return .skipped("made by the first start") }
            return .when(access(folder, W_OK | X_OK) == 0, "access(2); nothing was written")
        },
        SelftestCheck("sending.automation", "Messages may be controlled") { _ in
            .skipped("asking would raise the permission question; the first send asks")
        },
    ]

    static let state: [SelftestCheck] = [
        SelftestCheck("state.lock", "a second gateway is refused") { bench in
            attempt {
                let directory = try StateDirectory(path: bench.folder + "/state")
                let lock = try directory.lock()
                let isRefused = (try? directory.lock()) == nil
                return withExtendedLifetime(lock) { .when(isRefused, isRefused ? "flock(2)" : "both got the lock") }
            }
        },
        SelftestCheck("state.database", "our databases can be made and written") { bench in
            attempt {
                let directory = try StateDirectory(path: bench.folder + "/state")
                _ = try StateDatabase(path: directory.statePath)
                _ = try Journal(path: directory.journalPath)
                return .passed("made and migrated")
            }
        },
        SelftestCheck("state.sync", "writes reach the disk") { bench in
            attempt {
                let path = bench.folder + "/sync"
                guard FileManager.default.createFile(atPath: path, contents: Data("x".utf8)),
                    let file = FileHandle(forWritingAtPath: path)
                else { return .failed("no file") }
                try file.synchronize()
                try file.close()
                return .passed("fsync(2)")
            }
        },
        SelftestCheck("state.socket", "a local socket can listen") { bench in
            .when(LocalSocket.canListen(at: bench.folder + "/s"), "bind(2), listen(2)")
        },
        SelftestCheck("state.private", "the state directory is private") { bench in
            let attributes = try? FileManager.default.attributesOfItem(atPath: bench.configuration.stateDirectory)
            guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue else {
                return .skipped("made by the first start")
            }
            return .when(mode & 0o077 == 0, "mode \(String(mode & 0o777, radix: 8))")
        },
        SelftestCheck("state.space", "there is room") { bench in
            guard let free = bench.machine.freeBytes(bench.configuration.stateDirectory) else {
                return .skipped("not told")
            }
            return .when(free >= 64 << 20, Doctor.size(free))
        },
    ]

    static let clock: [SelftestCheck] = [
        SelftestCheck("clock.year", "the clock is set") { bench in
            let year = String(bench.machine.now.rfc3339.prefix(4))
            return .when((2025...2100).contains(Int(year) ?? 0), year)
        },
        SelftestCheck("clock.zone", "the time zone is known") { bench in
            .when(TimeZone(identifier: bench.machine.zone) != nil, "by this system")
        },
        SelftestCheck("clock.locale", "the locale is known") { bench in
            .when(!bench.machine.locale.isEmpty, String(bench.machine.locale.prefix(5)))
        },
        tool("clock.sleep", "the Mac does not fall asleep", "/usr/bin/pmset", ["-g"]) { answer in
            guard answer.isSuccess else { return .failed("pmset refused") }
            let lines = answer.output.split(separator: "\n").map { $0.split(separator: " ") }
            guard let line = lines.first(where: { $0.first == "sleep" && $0.count > 1 }), let minutes = Int(line[1])
            else {
                return .skipped("pmset does not say")
            }
            return .when(minutes == 0, minutes == 0 ? "never" : "after \(minutes) minutes")
        },
    ]

    /// What throws has failed; the error itself may hold paths and stays here.
    private static func attempt(_ body: () throws -> Outcome) -> Outcome {
        do {
            return try body()
        } catch let error as StoreError {
            return .failed("\(error.code)")
        } catch {
            return .failed("an error of type \(type(of: error))")
        }
    }
}
