//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import GRDB

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Stand-ins for the SQL functions that Apple's daemon registers and its triggers call.
///
/// A reader needs none of them.
enum AppleFunctions {
    /// Registers all of them on a writer's connection.
    ///
    /// - Parameter home: where `~` in attachment paths leads; deleting an attachment row deletes its file, as Apple's
    ///   daemon does, but only below this folder.
    static func register(on db: Database, home: String) {
        let ignored: [(name: DatabaseFunctionName, count: Int)] = [
            ("verify_chat", 1), ("delete_chat_background_before_deleting_chat", 2),
            ("after_delete_message_plugin", 2), ("before_delete_attachment_path", 2),
        ]
        for function in ignored {
            db.add(function: DatabaseFunction(function.name, argumentCount: function.count) { _ in nil })
        }
        db.add(function: DatabaseFunction("is_mic_enabled", argumentCount: 0) { _ in 1 })
        db.add(function: DatabaseFunction("guid_for_chat", argumentCount: 3) { values in guid(of: values) })
        db.add(
            function: DatabaseFunction("delete_attachment_path", argumentCount: 1) { values in
                if let path = String.fromDatabaseValue(values[0]) { removeFile(path, home: home) }
                return nil
            }
        )
    }

    private typealias DatabaseFunctionName = String

    /// `<service>;<style>;<identifier>`.
    private static func guid(of values: [DatabaseValue]) -> String? {
        guard let identifier = String.fromDatabaseValue(values[0]), let service = String.fromDatabaseValue(values[1])
        else { return nil }
        let isGroup = Int.fromDatabaseValue(values[2]) == 43
        return "\(service);\(isGroup ? "+" : "-");\(identifier)"
    }

    private static func removeFile(_ stored: String, home: String) {
        guard stored.hasPrefix("~/Library/Messages/Attachments/"), !stored.contains("/../") else { return }
        // A file that is already gone is what we want.
        try? FileManager.default.removeItem(atPath: home + stored.dropFirst(1))
    }
}
