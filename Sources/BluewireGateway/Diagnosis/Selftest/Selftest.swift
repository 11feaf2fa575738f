//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
// Full Foundation: temporary folders, JSON.
import Foundation

/// Checks on a real Mac what can only be known there; read-only, with a report that holds counts and versions only.
///
/// Files are made only in a temporary folder of its own, which goes again.
package struct Selftest: Sendable {
    let configuration: GatewayConfiguration
    let machine: DiagnosisMachine
    let checks: [SelftestCheck]

    /// A selftest of the configured database and this machine.
    package init(_ configuration: GatewayConfiguration, machine: DiagnosisMachine = .this) {
        self.init(configuration, machine: machine, checks: SelftestCheck.all)
    }

    init(_ configuration: GatewayConfiguration, machine: DiagnosisMachine, checks: [SelftestCheck]) {
        self.configuration = configuration
        self.machine = machine
        self.checks = checks
    }

    /// Runs every check in the order of the table.
    ///
    /// - Parameters:
    ///   - address: an own address to send one message to; nothing is sent without it.
    ///   - confirm: asks the person at the terminal; anything but yes sends nothing.
    ///   - progress: takes each result as it comes.
    /// - Throws: ``GatewayError`` when no temporary folder can be made.
    package func run(
        sendToSelf address: String? = nil, confirm: (String) -> Bool, progress: (SelftestResult) -> Void
    ) async throws -> [SelftestResult] {
        let folder = try Self.makeFolder()
        defer { _ = try? FileManager.default.removeItem(atPath: folder) }
        let bench = await SelftestBench.prepare(configuration, machine: machine, folder: folder)
        var results: [SelftestResult] = []
        for check in checks {
            try Task.checkCancellation()
            let result = SelftestResult(check, await check.run(bench))
            results.append(result)
            progress(result)
        }
        if let address {
            let result = await SelfSend(bench: bench).run(to: address, confirm: confirm)
            results.append(result)
            progress(result)
        }
        return results
    }

    /// Writes the report: what was run, where, and what came out.
    ///
    /// - Throws: ``GatewayError`` when the file cannot be written.
    package func write(_ results: [SelftestResult], to path: String) throws(GatewayError) {
        let report = SelftestReport(
            bluewire: ProductVersion.current, date: String(machine.now.rfc3339.prefix(10)), results: results
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(report).write(to: URL(filePath: AbsolutePath.of(path)), options: .atomic)
        } catch {
            throw GatewayError(
                .cannotCreate, message: "The report cannot be written to \(path).",
                remedy: "Give another path with --report."
            )
        }
    }

    private static func makeFolder() throws(GatewayError) -> String {
        // Short, because a socket is bound in it.
        let path = NSTemporaryDirectory() + "bw-" + UUID().uuidString.prefix(8)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
            return path
        } catch {
            throw GatewayError(
                .cannotCreate, message: "No temporary folder can be made.", remedy: "Check TMPDIR and free space."
            )
        }
    }
}

private struct SelftestReport: Encodable {
    var bluewire: String
    var date: String
    var results: [SelftestResult]
}
