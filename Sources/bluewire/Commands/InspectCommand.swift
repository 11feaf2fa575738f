//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// Looks at captured data: a bug report without content.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Look at a database or at one captured blob.",
        discussion: """
            `inspect database` prints the schema's generation, the columns present and absent, and counts; no text, no \
            name and no address. `inspect body|payload|summary FILE` prints the typed value of one blob.

            Example:  bluewire inspect database --db ./chat.db
            Example:  bluewire inspect body ./attributedBody.bin
            """,
        subcommands: [Database.self, Body.self, Payload.self, Summary.self]
    )

    /// Counts of a database.
    struct Database: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Schema and counts of a database, without content.",
            usage: "bluewire inspect database [<options>]",
            discussion: "Example:  bluewire inspect database --db ./chat.db"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var database: DatabaseOptions

        @Flag(name: .long, help: "Also print counts per chat and address; these name people.")
        var identifiers = false

        func execute(on terminal: Terminal) async throws {
            let configuration = try common.configuration([.database: database.db])
            let report = try Inspection.database(configuration, includesIdentifiers: identifiers)
            terminal.line(common.json ? JSONLine.text(report) : try Inspection.pretty(report))
        }
    }

    /// One message body.
    struct Body: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "An attributedBody (typedstream) blob.", discussion: "Example:  bluewire inspect body blob.bin"
        )
        @OptionGroup var common: CommonOptions
        @Argument(help: "The file.") var file: String

        func execute(on terminal: Terminal) async throws {
            terminal.line(try Inspection.blob(.body, file: file))
        }
    }

    /// One app payload.
    struct Payload: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "A payload_data or chat-properties blob.",
            discussion: "Example:  bluewire inspect payload blob.bin"
        )
        @OptionGroup var common: CommonOptions
        @Argument(help: "The file.") var file: String

        func execute(on terminal: Terminal) async throws {
            terminal.line(try Inspection.blob(.payload, file: file))
        }
    }

    /// One edit summary.
    struct Summary: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "A message_summary_info blob.", discussion: "Example:  bluewire inspect summary blob.bin"
        )
        @OptionGroup var common: CommonOptions
        @Argument(help: "The file.") var file: String

        func execute(on terminal: Terminal) async throws {
            terminal.line(try Inspection.blob(.summary, file: file))
        }
    }
}
