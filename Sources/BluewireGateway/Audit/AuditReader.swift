//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
package import BluewireModel
import BluewireState
import BluewireTransport
package import BluewireWire
// Full Foundation: looking for the state, writing the export.
import Foundation

/// The audit trail for a command: looked at, listed, exported.
///
/// Reads `state.db` itself, with or without a running gateway: the answer must not depend on what is being judged.
package struct AuditReader: Sendable {
    private let state: StateDatabase

    /// The trail of the configured state directory.
    ///
    /// - Throws: ``GatewayError`` when there is no state, else the state's error.
    package init(_ configuration: GatewayConfiguration) throws {
        let directory = configuration.stateDirectory
        guard FileManager.default.fileExists(atPath: directory + "/state.db") else {
            throw GatewayError(
                .missingInput, message: "There is no state in \(directory).",
                remedy: "Name the state directory of the gateway with --state.")
        }
        state = try StateDatabase(path: try StateDirectory(path: directory).statePath)
    }

    /// What looking at the whole trail came to.
    package func verify() async throws -> Report { Report(try await state.audit.verify()) }

    /// The newest entries, oldest first.
    package func list(since: Timestamp?, limit: Int) async throws -> [Line] {
        try await state.audit.entries(since: since, limit: limit).reversed().map(Line.init)
    }

    /// Hands over every entry as one line of canonical JSON, oldest first, and writes down that it did.
    package func export(since: Timestamp?, _ body: (String) throws -> Void) async throws {
        try await state.audit.append(
            AuditFact.auditExported.record(by: Principal.owner.id, at: SystemTime.now))
        var last: Int64 = 0
        while true {
            let entries = try await state.audit.entries(after: last, since: since, limit: 500)
            for entry in entries { try body(String(decoding: entry.exportedJSON, as: UTF8.self)) }
            guard let newest = entries.last else { return }
            last = newest.sequence
        }
    }

    /// A point in time as the command line takes it: RFC 3339, or so long ago, for example `24h` or `7d`.
    package static func time(_ text: String, now: Timestamp = SystemTime.now) -> Timestamp? {
        if let time = Timestamp(rfc3339: text) { return time }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (0...100_000).contains(count)
        else { return nil }
        return now - .seconds(count * unit)
    }

    /// What a look at the trail found.
    package struct Report: Encodable, Sendable {
        /// Whether nothing is broken.
        package var isWhole: Bool
        /// How many entries were looked at.
        package var entries: Int
        /// The first kept entry.
        package var first: Int64
        /// The last entry.
        package var last: Int64
        /// How many signed checkpoints were good.
        package var checkpoints: Int
        /// The first broken entry.
        package var brokenAt: Int64?
        /// What is wrong with it.
        package var reason: String?

        init(_ verification: AuditVerification) {
            isWhole = verification.broken == nil
            entries = verification.entries
            first = verification.first
            last = verification.last
            checkpoints = verification.checkpoints
            brokenAt = verification.broken?.sequence
            reason = verification.broken?.reason
        }
    }

    /// An entry as it is listed.
    package struct Line: Encodable, Sendable {
        /// Its place.
        package var sequence: Int64
        /// When.
        package var time: String
        /// Who.
        package var actor: String
        /// What.
        package var action: String
        /// What it was done to.
        package var object: String?
        /// How it ended.
        package var outcome: String
        /// Why.
        package var reason: String?

        /// An entry as another gateway tells it.
        package init(_ entry: NativeAuditEntry) {
            sequence = entry.sequence
            time = entry.at.timestamp.rfc3339
            actor = entry.actor
            action = entry.action
            object = entry.object
            outcome = entry.outcome
            reason = entry.reason
        }

        init(_ entry: AuditEntry) {
            sequence = entry.sequence
            time = entry.record.at.rfc3339
            actor = entry.record.actor
            action = entry.record.action
            object = entry.record.object
            outcome = entry.record.outcome
            reason = entry.record.reason
        }
    }
}
