//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireWire
// Full Foundation: standard error.
import Foundation
package import Logging

/// Where the gateway's own lines go: standard error, one line each, constant messages with facts as metadata.
package enum GatewayLog {
    /// A logger of a configured level and format.
    package static func logger(
        level: String, format: GatewayConfiguration.LogFormat = .text,
        write: @escaping @Sendable (String) -> Void = GatewayLog.writeToStandardError
    ) -> Logger {
        logger(level: Live(Self.level(level)), format: format, write: write)
    }

    /// A logger whose level, and that of its copies, is what `level` holds.
    static func logger(
        level: Live<Logger.Level>, format: GatewayConfiguration.LogFormat,
        write: @escaping @Sendable (String) -> Void = GatewayLog.writeToStandardError
    ) -> Logger {
        Logger(label: "bluewire") { _ in LineHandler(shared: level, format: format, write: write) }
    }

    /// The level of a setting.
    static func level(_ name: String) -> Logger.Level { Logger.Level(rawValue: name) ?? .info }

    /// Writes a line to standard error; losing one because the terminal is gone is not worth failing for.
    package static func writeToStandardError(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }
}

/// Writes `2026-03-14T09:26:53.589Z info message key=value` lines, or the same as JSON objects.
private struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    private let shared: Live<Logger.Level>
    /// The level of this copy alone.
    private var own: Logger.Level?
    let format: GatewayConfiguration.LogFormat
    let write: @Sendable (String) -> Void

    init(
        shared: Live<Logger.Level>, format: GatewayConfiguration.LogFormat, write: @escaping @Sendable (String) -> Void
    ) {
        self.shared = shared
        self.format = format
        self.write = write
    }

    var logLevel: Logger.Level {
        get { own ?? shared.value }
        set { own = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let time = SystemTime.now
        switch format {
        case .text:
            let pairs = facts.map { " \($0.key)=\($0.value)" }.joined()
            write("\(time.rfc3339) \(event.level) \(event.message)\(pairs)\n")
        case .json:
            var writer = JSONWriter(capacity: 256)
            writer.object { writer in
                writer.key("time")
                writer.time(time)
                writer.member("level", event.level.rawValue)
                writer.member("message", "\(event.message)")
                for (key, value) in facts {
                    writer.key(dynamic: key)
                    writer.string("\(value)")
                }
            }
            write(String(decoding: writer.bytes, as: UTF8.self) + "\n")
        }
    }
}
