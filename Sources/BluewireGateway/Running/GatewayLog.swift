//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
// Full Foundation: standard error.
import Foundation
package import Logging

/// Where the gateway's own lines go: standard error, one line each, constant messages with facts as metadata.
package enum GatewayLog {
    /// A logger of a configured level.
    package static func logger(level: String) -> Logger {
        var logger = Logger(label: "bluewire") { _ in StandardErrorHandler() }
        logger.logLevel = Logger.Level(rawValue: level) ?? .info
        return logger
    }
}

/// Writes `2026-03-14T09:26:53.589Z info message key=value` lines.
private struct StandardErrorHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(SystemTime.now.rfc3339) \(event.level) \(event.message)\(facts)\n"
        // Losing a line because the terminal is gone is not worth failing for.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }
}
