//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway

/// TLS for the listener.
struct TLSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls",
        abstract: "Set up TLS for the listener.",
        discussion: "Example:  bluewire tls init --host mac.example.net",
        subcommands: [Init.self]
    )

    /// Makes key and certificate.
    struct Init: GatewayCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and a self-signed certificate.",
            usage: "bluewire tls init [--host <name>] [--out <directory>] [--force]",
            discussion: """
                The certificate is good for the names and addresses of this machine and those given, for 397 days. \
                Clients trust it as a file, or pin the key that is printed.

                Example:  bluewire tls init --host mac.example.net
                """
        )
        @OptionGroup var common: CommonOptions

        @Option(name: .long, help: ArgumentHelp("A name or address clients use; may be repeated.", valueName: "name"))
        var host: [String] = []

        @Option(
            name: .long, help: ArgumentHelp("Where the files go; tls in the state directory.", valueName: "directory"))
        var out: String?

        @Flag(name: .long, help: "Replace the files that are there.")
        var force = false

        func execute(on terminal: Terminal) async throws {
            let made = try CertificateMaker.make(
                hosts: host, directory: out, replaces: force, configuration: try common.configuration()
            )
            if common.json { return terminal.line(JSONLine.text(made)) }
            terminal.line("Certificate  \(made.certificate)   (until \(made.validUntil))")
            terminal.line("Key          \(made.key)")
            terminal.line("Pin          sha256//\(made.pin)")
            terminal.line("")
            terminal.line("Add to the configuration file:")
            terminal.line("")
            for line in made.configurationLines { terminal.line("  " + line) }
        }
    }
}
