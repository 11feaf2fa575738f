//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireServer
import BluewireTesting
import Foundation
import Testing

@Suite struct CertificateMakerTests {
    private func make(_ folder: TemporaryFolder, hosts: [String] = [], replaces: Bool = false) throws
        -> CertificateMaker.Result
    {
        let configuration = GatewayConfiguration(
            stateDirectory: folder.path + "/state", database: folder.path + "/chat.db", home: folder.path)
        return try CertificateMaker.make(
            hosts: hosts, directory: folder.path + "/a folder", replaces: replaces, configuration: configuration)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func theKeyIsPrivateAndTheLinesCanBePasted() throws {
        let folder = try TemporaryFolder()
        let made = try make(folder, hosts: ["Gateway.Example", "10.1.2.3"])
        #expect(try mode(made.key) == 0o600)
        #expect(made.hosts.first == "gateway.example")
        #expect(made.hosts.contains("localhost"))
        #expect(made.addresses.contains("10.1.2.3") && made.addresses.contains("::1"))
        let file = folder.file("bluewire.yaml")
        try Data(made.configurationLines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        let configuration = try ConfigurationLoader(environment: ["HOME": folder.path]).load(file: file)
        #expect(configuration.tls?.certificate == made.certificate)
        #expect(configuration.tls?.key == made.key)
        #expect(configuration.allowedHosts.contains("gateway.example"))
    }

    @Test func whatIsThereStaysUnlessForced() throws {
        let folder = try TemporaryFolder()
        let first = try make(folder)
        let content = try Data(contentsOf: URL(filePath: first.key))
        let error = #expect(throws: GatewayError.self) { try make(folder) }
        #expect(error?.code == .cannotCreate)
        #expect(error?.remedy.contains("--force") == true)
        #expect(try Data(contentsOf: URL(filePath: first.key)) == content)
        #expect(try make(folder, replaces: true).pin != first.pin)
        #expect(try mode(first.key) == 0o600)
    }

    @Test(arguments: ["a b", "host:80", "http://x", "münchen.example", "", "a..b", "x/y", "-\n"])
    func whatIsNoHostIsRefused(_ host: String) throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: GatewayError.self) { try make(folder, hosts: [host]) }
        #expect(error?.code == .badData)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/a folder/key.pem"))
    }
}
