//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireNetwork
import BluewireServer
// Full Foundation: files with their modes.
import Foundation

/// Makes the pair of files a TLS listener needs.
package enum CertificateMaker {
    /// What was made.
    package struct Result: Encodable, Sendable {
        /// The certificate's path.
        package var certificate: String
        /// The key's path.
        package var key: String
        /// The pin of the key, in base64.
        package var pin: String
        /// The names it is good for.
        package var hosts: [String]
        /// The addresses it is good for.
        package var addresses: [String]
        /// The last day it is valid.
        package var validUntil: String

        /// The lines to add to the configuration file.
        package var configurationLines: [String] {
            let names = hosts.filter { $0 != "localhost" }
            return ["tls:", "  certificate: \(Self.quoted(certificate))", "  key: \(Self.quoted(key))"]
                + (names.isEmpty ? [] : ["allowed-hosts: [\(names.joined(separator: ", "))]"])
        }

        /// A path as YAML takes it, whatever characters it has.
        private static func quoted(_ path: String) -> String {
            let isPlain = path.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "/._-~".utf8.contains(byte)
            }
            return isPlain ? path : "'\(path.replacing("'", with: "''"))'"
        }
    }

    /// Makes `certificate.pem` and `key.pem`.
    ///
    /// - Parameters:
    ///   - hosts: names and addresses beside those of this machine.
    ///   - directory: where the files go; the folder `tls` in the state directory unless given.
    ///   - replaces: whether existing files may be overwritten.
    /// - Throws: ``GatewayError``; nothing was written then.
    package static func make(
        hosts: [String], directory: String?, replaces: Bool, configuration: GatewayConfiguration
    ) throws(GatewayError) -> Result {
        var names = ["localhost"]
        var addresses = LocalAddresses.all
        let given = hosts.map { $0.lowercased() }
        for host in given where IPAddress(host) == nil { try check(host) }
        for host in given.filter({ IPAddress($0) != nil }) where !addresses.contains(host) { addresses.append(host) }
        // What was asked for comes first: the first name is the one people are shown.
        for name in (given.filter { IPAddress($0) == nil } + LocalAddresses.names).reversed() where isName(name) {
            names.removeAll { $0 == name }
            names.insert(name, at: 0)
        }
        let folder = AbsolutePath.of(directory ?? configuration.stateDirectory + "/tls")
        let (certificatePath, keyPath) = (folder + "/certificate.pem", folder + "/key.pem")
        if !replaces, let existing = [certificatePath, keyPath].first(where: FileManager.default.fileExists) {
            throw GatewayError(
                .cannotCreate, message: "\(existing) exists already.",
                remedy: "Use it, choose another folder with --out, or replace both files with --force; then clients "
                    + "that pinned the old key have to learn the new one."
            )
        }
        let now = SystemTime.now
        let made: SelfSignedCertificate
        do {
            made = try SelfSignedCertificate(names: names, addresses: addresses, now: now)
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
            // The key first: a gateway that looks in between sees a pair that does not fit, and waits.
            try write(made.key, to: keyPath, mode: 0o600)
            try write(made.certificate, to: certificatePath, mode: 0o644)
        } catch {
            throw GatewayError(
                .cannotCreate, message: "The certificate cannot be written to \(folder).",
                remedy: "Choose a folder you may write to with --out."
            )
        }
        let end = now + (SelfSignedCertificate.lifetime - .seconds(3600))
        return Result(
            certificate: certificatePath, key: keyPath, pin: made.pin, hosts: names, addresses: addresses,
            validUntil: String(end.rfc3339.prefix(10))
        )
    }

    private static func check(_ host: String) throws(GatewayError) {
        guard !isName(host) else { return }
        throw GatewayError(
            .badData, message: "\"\(host)\" is no host name and no address.",
            remedy: "Give names like mac.local, or addresses, without port; other alphabets in their xn-- form."
        )
    }

    private static func isName(_ text: String) -> Bool {
        (try? EgressDestination("https://\(text)/"))?.host == text && !text.contains(":")
    }

    /// Writes beside the place and moves: nobody ever sees half a file, or a key that others may read.
    private static func write(_ text: String, to path: String, mode: Int) throws {
        let draft = path + ".new"
        try? FileManager.default.removeItem(atPath: draft)
        guard
            FileManager.default.createFile(
                atPath: draft, contents: Data(text.utf8), attributes: [.posixPermissions: mode]
            )
        else { throw CocoaError(.fileWriteUnknown) }
        guard rename(draft, path) == 0 else {
            try? FileManager.default.removeItem(atPath: draft)
            throw CocoaError(.fileWriteUnknown)
        }
    }
}
