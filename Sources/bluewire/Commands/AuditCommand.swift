//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
import BluewireModel
import BluewireWire
// Full Foundation: the file of an export.
import Foundation

/// Looks at the audit trail.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Look at the audit trail, and prove that nobody changed it.",
        discussion: """
            The trail says who did what to the gateway, never what was written to whom. Each entry carries the hash of \
            the one before; the end is signed with a key in the state directory.

            Example:  bluewire audit verify
            Example:  bluewire audit list --since 24h
            """,
        subcommands: [Verify.self, List.self, Export.self]
    )

    /// Looks at every entry.
    struct Verify: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look at every entry; exits with 1 and names the first broken one when there is one.",
            usage: "bluewire audit verify [<options>]", discussion: "Example:  bluewire audit verify"
        )
        @OptionGroup var common: CommonOptions

        func execute(on terminal: Terminal) async throws {
            let report = try await AuditReader(try common.configuration()).verify()
            if common.json {
                terminal.line(JSONLine.text(report))
            } else if let place = report.brokenAt {
                terminal.line("Entry \(place) is broken: \(report.reason ?? "").")
            } else {
                terminal.line(
                    "The trail is whole: \(report.entries) entries (\(report.first) to \(report.last)), "
                        + "\(report.checkpoints) signed checkpoints.")
            }
            if !report.isWhole { throw ExitCode(GatewayError.Code.failed.rawValue) }
        }
    }

    /// Prints the newest entries.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the newest entries, oldest first.", usage: "bluewire audit list [<options>]",
            discussion: """
                Example:  bluewire audit list --since 24h --json
                Example:  bluewire audit list --gateway https://mac.local:8787 --token-file mac.token
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var gateway: GatewayOptions
        @OptionGroup var period: Period

        @Option(name: .long, help: "How many, 1 to 100000; 1000 from a gateway elsewhere.")
        var limit = 100

        func validate() throws {
            guard (1...100_000).contains(limit) else { throw ValidationError("--limit is 1 to 100000.") }
        }

        func execute(on terminal: Terminal) async throws {
            for line in try await lines(on: terminal) {
                if common.json {
                    terminal.line(JSONLine.text(line))
                } else {
                    let facts = [line.actor, line.action, line.object, line.outcome, line.reason].compactMap(\.self)
                    terminal.line(DisplayText.safe("\(line.sequence)  \(line.time)  \(facts.joined(separator: "  "))"))
                }
            }
        }

        private func lines(on terminal: Terminal) async throws -> [AuditReader.Line] {
            let lines: [AuditReader.Line]
            if try gateway.remote(common.state, on: terminal) != nil {
                let entries = try await client(on: terminal).audit(limit: min(limit, 1000)).data
                lines = entries.reversed().filter { entry in
                    period.start.map { entry.at.timestamp >= $0 } ?? true
                }.map { AuditReader.Line($0) }
            } else {
                lines = try await AuditReader(try common.configuration()).list(since: period.start, limit: limit)
            }
            if lines.isEmpty, !common.json { terminal.note("There is nothing in the trail.") }
            return lines
        }
    }

    /// Writes the trail out.
    struct Export: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write every entry as a line of JSON, with its hashes.",
            usage: "bluewire audit export [<options>]",
            discussion: """
                A line without its member `hash`, its keys sorted and nothing between them, is what was hashed after \
                the bytes of `prev`: hash = SHA-256(prev, line).

                Example:  bluewire audit export --out ./audit.jsonl
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var period: Period

        @Option(name: .long, help: ArgumentHelp("Where to; standard output unless given.", valueName: "file"))
        var out: String?

        func execute(on terminal: Terminal) async throws {
            let reader = try AuditReader(try common.configuration())
            guard let out else {
                return try await reader.export(since: period.start) { terminal.line($0) }
            }
            let file = try PrivateFile(creating: out)
            try await reader.export(since: period.start) { try file.write(Array(($0 + "\n").utf8)) }
            try file.synchronise()
        }
    }

    /// From when on.
    struct Period: ParsableArguments {
        @Option(
            name: .long, help: ArgumentHelp("Only what is newer: a time, or an age like 24h or 7d.", valueName: "time"))
        var since: String?

        var start: Timestamp? { since.flatMap { AuditReader.time($0) } }

        func validate() throws {
            guard since == nil || start != nil else {
                throw ValidationError("--since is a time like 2026-03-14T09:26:53Z or an age like 24h.")
            }
        }
    }
}
