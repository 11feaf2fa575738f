//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireTransport
private import Foundation  // FileManager's copy, which clones on APFS

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The files a script reads: jobs in a private folder, outgoing files where Messages may read them.
package struct ScriptFiles: Sendable {
    /// A private folder for jobs; made when missing.
    package var jobFolder: String
    /// Below `~/Library/Messages/Attachments` or `~/Pictures`; files sent from elsewhere fail with error 25.
    package var stagingFolder: String

    /// Files in two folders.
    package init(jobFolder: String, stagingFolder: String) {
        self.jobFolder = jobFolder
        self.stagingFolder = stagingFolder
    }

    /// A job on the disk.
    package struct Job: Sendable {
        /// The folder to remove afterwards.
        package var folder: String
        /// The job file, the script's only argument.
        package var path: String
    }

    /// Writes a job that sends a text.
    package func textJob(_ text: String, to target: ScriptTarget) throws(TransportError) -> Job {
        let folder = try makeJobFolder()
        let path = folder + "/text"
        try write(Array(text.utf8), to: path)
        return try job(kind: "text", target: target, content: path, in: folder)
    }

    /// Writes a job that sends a staged file.
    package func fileJob(_ path: String, to target: ScriptTarget) throws(TransportError) -> Job {
        try job(kind: "file", target: target, content: path, in: try makeJobFolder())
    }

    /// Removes a job.
    package func remove(_ job: Job) {
        // Left-overs are private and small; the next start of the machine removes none, the next sweep does.
        _ = try? FileManager.default.removeItem(atPath: job.folder)
    }

    /// Copies a file to where Messages may read it, under its own name in a folder of its own.
    package func stage(_ path: String) throws(TransportError) -> String {
        let source = URL(fileURLWithPath: path)
        let folder = stagingFolder + "/" + UUID().uuidString
        let target = folder + "/" + source.lastPathComponent
        do {
            try makeFolder(folder)
            try FileManager.default.copyItem(atPath: source.resolvingSymlinksInPath().path, toPath: target)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
        } catch {
            _ = try? FileManager.default.removeItem(atPath: folder)
            throw TransportError(
                .rejected, reason: "file_not_staged",
                message: "A file could not be copied to where Messages may read it.",
                remedy: "Check that the file is there and that the disk has room, then retry.", cause: error)
        }
        return target
    }

    /// Removes staged files and jobs older than `age`: Messages uploads after the script has ended.
    package func sweep(olderThan age: Duration, now: Timestamp) {
        for root in [stagingFolder, jobFolder] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            where UUID(uuidString: name) != nil {
                let path = root + "/" + name
                guard let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
                else {
                    continue
                }
                let modified = Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
                if now - modified > age { _ = try? FileManager.default.removeItem(atPath: path) }
            }
        }
    }

    private func job(
        kind: String, target: ScriptTarget, content: String, in folder: String
    ) throws(TransportError) -> Job {
        let lines = [kind, target.isChat ? "chat" : "participant", target.name, target.account, content]
        guard !lines.contains(where: { $0.unicodeScalars.contains(where: Self.endsLine) }) else {
            throw TransportError(
                .rejected, reason: "invalid_name", message: "A file name or address holds a line break.",
                remedy: "Rename the file.")
        }
        let job = Job(folder: folder, path: folder + "/job")
        try write(Array(lines.joined(separator: "\n").utf8), to: job.path)
        try write(Array(SendScript.source.utf8), to: Self.script(of: job.path))
        return job
    }

    /// Where the script of a job lies; it becomes the interpreter's standard input.
    static func script(of job: String) -> String { job + ".script" }

    private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    private func makeJobFolder() throws(TransportError) -> String {
        let folder = jobFolder + "/" + UUID().uuidString
        do {
            try makeFolder(folder)
        } catch {
            throw Self.notWritten(error)
        }
        return folder
    }

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Creates a file only its owner may read; it is never readable by others, not even for a moment.
    private func write(_ bytes: [UInt8], to path: String) throws(TransportError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.notWritten(nil) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { unsafe unistd_write(descriptor, $0) }
            guard count > 0 else { throw Self.notWritten(nil) }
            rest = rest.dropFirst(count)
        }
    }

    private static func notWritten(_ cause: (any Error)?) -> TransportError {
        TransportError(
            .unreachable, reason: "job_not_written", message: "The text could not be put where the script reads it.",
            remedy: "Check that the disk has room and that the state directory can be written.", cause: cause)
    }
}

/// One `write(2)`; the name of the member hides the function's.
private func unistd_write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}
