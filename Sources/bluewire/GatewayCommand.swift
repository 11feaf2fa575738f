//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser
import BluewireGateway
// Full Foundation: JSON output of errors.
import Foundation

/// A command: parse, call a facade of the gateway, print.
///
/// Errors become one message with its remedy and an exit code.
protocol GatewayCommand: AsyncParsableCommand {
    var common: CommonOptions { get }

    /// The command's work.
    func execute(on terminal: Terminal) async throws
}

extension GatewayCommand {
    func run() async throws {
        let terminal = Terminal()
        do {
            try await execute(on: terminal)
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            throw error
        } catch {
            let failure = GatewayError(translating: error)
            Self.report(failure, asJSON: common.json, on: terminal)
            throw ExitCode(failure.code.rawValue)
        }
    }

    private static func report(_ failure: GatewayError, asJSON: Bool, on terminal: Terminal) {
        guard asJSON else {
            terminal.note("bluewire: \(failure.message)")
            terminal.note(failure.remedy)
            return
        }
        let report = ErrorReport(
            error: .init(code: "\(failure.code)", message: failure.message, remedy: failure.remedy)
        )
        terminal.note(JSONLine.text(report))
    }
}

private struct ErrorReport: Encodable {
    var error: Details

    struct Details: Encodable {
        var code: String
        var message: String
        var remedy: String
    }
}

/// One JSON object on one line, keys sorted.
enum JSONLine {
    static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
