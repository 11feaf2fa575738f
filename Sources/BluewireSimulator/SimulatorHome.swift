//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The folder that stands for a user's home in the simulation, and the places in it.
package struct SimulatorHome: Sendable, Hashable {
    /// The folder, an absolute path without a trailing slash.
    package let path: String

    /// The home at `path`; nothing is touched.
    package init(path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The simulated Messages database.
    package var databasePath: String { "\(messagesPath)/chat.db" }

    /// Where the simulated attachments are.
    package var attachmentsPath: String { "\(messagesPath)/Attachments" }

    /// The simulated address book.
    package var addressBookPath: String {
        "\(path)/Library/Application Support/AddressBook/AddressBook-v22.abcddb"
    }

    /// The default place of the HTTP API's socket.
    package var socketPath: String { "\(path)/simulator.sock" }

    /// The file that marks the folder as simulated; without it nothing here is ever written.
    package var markerPath: String { "\(path)/simulator.json" }

    /// The label of every row written, one JSON object a line.
    package var labelsPath: String { "\(path)/labels.jsonl" }

    /// Where older snapshots of the database wait for the fault that brings them back.
    package var snapshotPath: String { "\(path)/snapshot.db" }

    private var messagesPath: String { "\(path)/Library/Messages" }

    /// Creates the folders, or refuses a folder that may hold a real Messages database.
    ///
    /// - Throws: ``SimulatorError`` with `notSimulated`; then nothing was touched.
    package func prepare() throws {
        try check()
        let files = FileManager.default
        let privately: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        let contacts = "\(path)/Library/Application Support/AddressBook"
        for folder in [path, attachmentsPath, contacts] {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: privately)
        }
    }

    /// Creates the folder itself, so that it can be locked before anything else is done in it.
    func prepareForLock() throws {
        try check()
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
    }

    private func check() throws {
        let files = FileManager.default
        if !files.fileExists(atPath: markerPath) {
            let isInUse = files.fileExists(atPath: messagesPath)
            if isInUse || path == files.homeDirectoryForCurrentUser.path || path == "/" {
                throw SimulatorError(
                    .notSimulated, "This folder is not a simulator's: it has no simulator.json.",
                    remedy: "Name a new or empty folder; a folder with a real Messages database is never written."
                )
            }
        }
    }
}

/// Why the simulator did not do what it was asked to.
package struct SimulatorError: Error, Sendable, CustomStringConvertible {
    /// What kind of refusal.
    package let code: Code
    /// What happened.
    package let message: String
    /// What to do about it.
    package let remedy: String

    /// An error from its fields.
    package init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message) \(remedy)" }

    /// What kind of refusal.
    package enum Code: String, Sendable {
        /// The folder may hold a real database.
        case notSimulated = "not_simulated"
        /// The request makes no sense.
        case invalid
        /// What it names does not exist.
        case notFound = "not_found"
        /// A fault: refused for good.
        case denied
        /// A fault: nothing was taken over.
        case unreachable
        /// A fault: it was taken over and no answer is given.
        case cut
        /// Another simulator runs here.
        case inUse = "in_use"
    }
}
