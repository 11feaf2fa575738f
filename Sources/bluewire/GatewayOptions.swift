//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
// Full Foundation: the environment, the file of a token.
import Foundation

/// Which gateway a command talks to: the one of the state directory, or one named by its URL.
struct GatewayOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Another gateway, for example https://mac.local:8787; or BLUEWIRE_GATEWAY.", valueName: "url"))
    var gateway: String?

    @Option(name: .long, help: ArgumentHelp("The file that holds its token; or BLUEWIRE_TOKEN.", valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Its token. Other users of this machine can see arguments: prefer BLUEWIRE_TOKEN.", valueName: "token"))
    var token: String?

    @Option(
        name: .long, help: ArgumentHelp("The pin of its key (base64 of a SHA-256); or BLUEWIRE_PIN.", valueName: "pin"))
    var pin: String?

    @Option(name: .long, help: ArgumentHelp("The certificates to believe, PEM; or BLUEWIRE_CA.", valueName: "file"))
    var ca: String?

    @Flag(name: .long, help: "Allow http:// to another machine; everybody on the way can read along.")
    var insecureHTTP = false

    func validate() throws {
        guard token == nil || tokenFile == nil else {
            throw ValidationError("Use one of --token and --token-file.")
        }
    }

    /// The gateway that was named; nil for the local one.
    ///
    /// - Parameter local: a flag that names something of this machine. It wins over the environment, and contradicts
    ///   --gateway.
    func remote(_ local: String?, on terminal: Terminal) throws -> RemoteGateway? {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
        if local != nil {
            guard gateway == nil else {
                throw ValidationError("--gateway asks another gateway; --db, --state and the like ask this machine.")
            }
            return nil
        }
        guard let url = gateway ?? environment["BLUEWIRE_GATEWAY"] else {
            guard token == nil, tokenFile == nil, pin == nil, ca == nil, !insecureHTTP else {
                throw ValidationError("--token, --token-file, --pin, --ca and --insecure-http need --gateway.")
            }
            return nil
        }
        guard let token = try token ?? tokenInFile() ?? environment["BLUEWIRE_TOKEN"] else {
            throw GatewayError(
                .configuration, message: "There is no token for the gateway at \(url).",
                remedy: RemoteGateway.tokenRemedy)
        }
        var options = RemoteGateway.Options(url: url, token: token)
        options.pin = pin ?? environment["BLUEWIRE_PIN"]
        options.authorities = ca ?? environment["BLUEWIRE_CA"]
        options.allowsPlain = insecureHTTP
        let remote = try RemoteGateway(options)
        if remote.isExposed {
            terminal.note("bluewire: the connection is not encrypted; everybody on the way can read it, and the token.")
        }
        return remote
    }

    private func tokenInFile() throws -> String? {
        guard let tokenFile else { return nil }
        guard let data = FileManager.default.contents(atPath: tokenFile), data.count <= 4096 else {
            throw GatewayError(
                .missingInput, message: "The token in \(tokenFile) cannot be read.",
                remedy: "Check the path given with --token-file and that you may read it.")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
