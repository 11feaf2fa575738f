//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import GRDB

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension ChatDatabase {
    /// The settings of every connection to a Messages database: read-only, patient for five seconds.
    package static func connectionConfiguration(label: String) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = label
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA query_only = 1")
        }
        return configuration
    }

    /// The name SQLite opens `path` by.
    ///
    /// - Parameter isImmutable: ignores locks and the write-ahead log; only for copies nobody writes.
    package static func uri(path: String, isImmutable: Bool = false) -> String {
        var encoded = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded + (isImmutable ? "?mode=ro&immutable=1" : "?mode=ro")
    }

    static func open(
        _ configuration: Configuration
    ) throws(StoreError) -> (pool: DatabasePool, schema: SchemaReport, isImmutable: Bool) {
        let path = configuration.place.path
        try checkFile(path: path, folder: configuration.place.folder)
        do {
            let (pool, schema) = try connect(path: path, readers: configuration.readers, isImmutable: false)
            return (pool, schema, false)
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            guard mayBeImmutable(error, path: path, folder: configuration.place.folder) else {
                throw StoreError(error, path: path)
            }
            do {
                let (pool, schema) = try connect(path: path, readers: configuration.readers, isImmutable: true)
                return (pool, schema, true)
            } catch let error as StoreError {
                throw error
            } catch let error as DatabaseError {
                throw StoreError(error, path: path)
            } catch {
                throw StoreError(.failed, message: "\(error)", remedy: "Report this with the version of macOS.")
            }
        } catch {
            throw StoreError(.failed, message: "\(error)", remedy: "Report this with the version of macOS.")
        }
    }

    private static func connect(
        path: String, readers: Int, isImmutable: Bool
    ) throws -> (DatabasePool, SchemaReport) {
        var settings = connectionConfiguration(label: "chat.db")
        settings.maximumReaderCount = readers
        let pool = try DatabasePool(path: uri(path: path, isImmutable: isImmutable), configuration: settings)
        let schema = try pool.read { db in try SchemaReport(db) }
        try check(schema, path: path)
        return (pool, schema)
    }

    /// Refuses what is not a Messages database this reader can read.
    package static func check(_ schema: SchemaReport, path: String) throws(StoreError) {
        guard schema.has("message"), schema.has("message", "guid"), schema.has("chat"), schema.has("handle") else {
            throw StoreError(
                .noMessages, message: "\(path) is a database, but Messages has no tables in it.",
                remedy: "Give the path of a chat.db; a copy must include chat.db-wal when that file exists."
            )
        }
        guard schema.has("chat_message_join", "message_date"), schema.has("message", "message_summary_info") else {
            throw StoreError(
                .tooOld, message: "\(path) was last used with macOS 10.12 or older.",
                remedy: "Open Messages once on macOS 10.13 or newer, which converts the database, and read that one."
            )
        }
    }

    /// Tells a missing file from one that may not be seen, without opening anything.
    private static func checkFile(path: String, folder: String) throws(StoreError) {
        if let status = FileStatus(path: path) {
            guard status.isRegular else {
                throw StoreError(
                    .notADatabase, message: "\(path) is not a file.", remedy: "Give the path of a chat.db file."
                )
            }
            guard access(path, R_OK) == 0 else { throw denied(path) }
            return
        }
        guard errno != EACCES, errno != EPERM else { throw denied(path) }
        guard FileStatus(path: folder) == nil || access(folder, R_OK | X_OK) == 0 else { throw denied(folder) }
        throw StoreError(
            .missing, message: "There is no Messages database at \(path).",
            remedy: "Sign in to Messages on this Mac once, or give the path of a chat.db with --db."
        )
    }

    static func denied(_ path: String) -> StoreError {
        StoreError(
            .denied, message: "\(path) may not be read.",
            remedy: """
                On a Mac, grant Full Disk Access to the program that starts Bluewire (System Settings, Privacy & \
                Security), switch it off and on again after an update, and restart that program. Elsewhere, check \
                the owner and mode of the file.
                """
        )
    }

    /// A database in a folder that cannot be written to, whose log holds nothing, may be read as it lies there.
    private static func mayBeImmutable(_ error: DatabaseError, path: String, folder: String) -> Bool {
        switch error.resultCode {
        case .SQLITE_CANTOPEN, .SQLITE_READONLY:
            access(folder, W_OK) != 0 && (FileStatus(path: path + "-wal")?.byteCount ?? 0) == 0
        default: false
        }
    }
}

extension StoreError {
    /// Translates what SQLite reported about the database at `path`.
    package init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_FORMAT:
            self.init(
                .notADatabase, message: "\(path) is not an SQLite database, or it is damaged.",
                remedy: "Check that the path names a chat.db and that a copy of it is complete."
            )
        case .SQLITE_AUTH, .SQLITE_PERM:
            self = ChatDatabase.denied(path)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .locked, message: "\(path) was locked for more than five seconds.", remedy: "Try again."
            )
        case .SQLITE_CANTOPEN, .SQLITE_READONLY:
            let folder = DatabasePlace(path: path).folder
            if access(folder, W_OK) != 0 {
                self.init(
                    .readOnlyFolder,
                    message: "\(path) has a write-ahead log, but its folder cannot be written to.",
                    remedy: "Copy chat.db, chat.db-wal and chat.db-shm together into a folder you can write to."
                )
            } else {
                self = ChatDatabase.denied(path)
            }
        default:
            self.init(
                .failed, message: "SQLite reported \(error.resultCode.rawValue) (\(error.message ?? "")) on \(path).",
                remedy: "Run `bluewire doctor`; if it persists, report the number."
            )
        }
    }
}
