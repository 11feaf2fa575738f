//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import BluewireServer
import BluewireTesting
import Foundation
import Testing

/// What is read off tools and files.
@Suite struct MachineFactTests {
    private static func good(_ output: String) -> DiagnosisMachine.Answer { .init(isSuccess: true, output: output) }
    private static let refusal = DiagnosisMachine.Answer(isSuccess: false, output: "")

    @Test func aMacsToolsAreUnderstood() {
        let power = """
            System-wide power settings:
            Currently in use:
             standby              1
             Sleep On Power Button 1
             autorestart          0
             sleep                10 (sleep prevented by powerd)
             displaysleep         5
            """
        let battery = "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1234)\t87%; discharging\n"
        let facts = MacFacts(
            [
                .version: Self.good("26.1\n"), .power: Self.good(power), .battery: Self.good(battery),
                .autoLogin: Self.refusal, .fileVault: Self.good("FileVault is On.\n"), .updates: Self.good("2\n"),
                .updatesAlone: Self.good("1\n"), .messages: Self.good("512\n"),
                .integrity: Self.good("System Integrity Protection status: enabled.\n"),
                .signature: Self.good("# designated => cdhash H\"0123\"\n"),
                .accounts: Self.good("connected, connecting\n"),
            ], automation: 0)
        #expect(facts.version == "26.1")
        #expect(facts.sleepMinutes == 10)
        #expect(facts.restartsAfterPowerCut == false)
        #expect(facts.hasBattery && facts.isOnBattery)
        #expect(facts.logsInByItself == false)
        #expect(facts.hasFileVault == true)
        #expect(facts.waitingUpdates == 2)
        #expect(facts.updatesByItself == true)
        #expect(facts.isMessagesRunning == true)
        #expect(facts.hasIntegrityProtection == true)
        #expect(facts.isSignedAdHoc)
        #expect(facts.accounts == .init(enabled: 2, connected: 1))
    }

    @Test func anotherMacsToolsAreUnderstood() {
        let facts = MacFacts(
            [
                .power: Self.good(" sleep\t\t0\n autorestart 1\n"), .autoLogin: Self.good("somebody\n"),
                .battery: Self.good("Now drawing from 'AC Power'\n"), .fileVault: Self.good("FileVault is Off.\n"),
                .integrity: Self.good("System Integrity Protection status: disabled.\n"), .updates: Self.refusal,
                .signature: Self.good("designated => identifier \"a.b\" and anchor apple generic\n"),
                .messages: Self.refusal, .accounts: Self.good("\n"),
            ], automation: nil)
        #expect(facts.sleepMinutes == 0)
        #expect(facts.restartsAfterPowerCut == true)
        #expect(!facts.hasBattery && !facts.isOnBattery)
        #expect(facts.logsInByItself == true)
        #expect(facts.hasFileVault == false)
        #expect(facts.waitingUpdates == nil)
        #expect(facts.isMessagesRunning == false)
        #expect(facts.hasIntegrityProtection == false)
        #expect(facts.requirement == "identifier \"a.b\" and anchor apple generic")
        #expect(!facts.isSignedAdHoc)
        #expect(facts.accounts == .init(enabled: 0, connected: 0))
    }

    @Test func toolsThatSayNothingMakeNoFacts() {
        #expect(MacFacts([:], automation: nil) == MacFacts())
        let refused = Dictionary(uniqueKeysWithValues: MacTool.allCases.map { ($0, Self.refusal) })
        let facts = MacFacts(refused, automation: nil)
        #expect(facts.sleepMinutes == nil)
        #expect(facts.hasFileVault == nil)
        #expect(facts.requirement == nil)
        #expect(facts.accounts == nil)
    }

    @Test(arguments: [
        (["SSH_CONNECTION": "x", "TERM_PROGRAM": "vscode"], MachineSnapshot.PermissionHolder.ssh),
        (["TERM_PROGRAM": "iTerm.app"], .program("iTerm")), (["TERM_PROGRAM": "something"], .other), ([:], .other),
    ])
    func theHolderOfPermissionsIsNamed(
        _ environment: [String: String], _ holder: MachineSnapshot.PermissionHolder
    ) {
        #expect(MachineSnapshot.PermissionHolder(environment: environment) == holder)
    }

    @Test(arguments: [
        ("http://127.0.0.1:11434/v1", "127.0.0.1:11434"), ("https://api.example.com", "api.example.com"),
        ("https://api.example.com/v1/", "api.example.com"), ("nothing", "nothing"),
        ("https://user:word@api.example.com/v1", "api.example.com"),
    ])
    func anEndpointIsNamedByItsHost(_ url: String, _ host: String) {
        #expect(ModelEndpoint(agent: "a", baseURL: url, key: nil, egress: []).host == host)
    }

    // MARK: - Certificates

    @Test func theValidityOfACertificateIsRead() throws {
        let folder = try TemporaryFolder()
        let configuration = GatewayConfiguration(stateDirectory: folder.path, database: "/d", home: "/h")
        let made = try CertificateMaker.make(
            hosts: [], directory: folder.file("tls"), replaces: false, configuration: configuration)
        let text = try String(contentsOfFile: made.certificate, encoding: .utf8)
        let validity = try #require(CertificateFacts.validity(ofPEM: "Some words before.\n" + text))
        #expect(validity.notAfter.rfc3339.hasPrefix(made.validUntil))
        #expect(validity.notBefore < validity.notAfter)

        let body = text.split(separator: "\n").dropFirst().dropLast().joined()
        let bytes = [UInt8](try #require(Data(base64Encoded: body)))
        #expect(CertificateFacts.validity(ofDER: bytes) == validity)
        // The dates stand in the first half; whatever is cut before them is nothing.
        for count in 0..<bytes.count / 4 {
            #expect(CertificateFacts.validity(ofDER: Array(bytes.prefix(count))) == nil)
        }
        for text in ["", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"] {
            #expect(CertificateFacts.validity(ofPEM: text) == nil)
        }
    }
}
