//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireServer
import BluewireTesting
import BluewireWire
import Foundation
import Logging
import Synchronization
import Testing

@testable import BluewireGateway

@Suite(.timeLimit(.minutes(1))) struct DiscoveryTests {
    private static let pin = "A8Gua+SjSV1xEzGS9kSS0g89d8LBg51NFUW5p0AWw6Y="

    @Test(arguments: [
        (
            Responder.dnsSD, Announcement(port: 8787, isTLS: true, pin: pin),
            "-R Bluewire _bluewire._tcp local 8787 v=1 path=/v1 tls=1 pin=A8Gua+SjSV1xEzGS"
        ),
        (
            .avahi, Announcement(port: 8787, isTLS: true, pin: pin),
            "-s Bluewire _bluewire._tcp 8787 v=1 path=/v1 tls=1 pin=A8Gua+SjSV1xEzGS"
        ),
        (.avahi, Announcement(port: 1, isTLS: false, pin: nil), "-s Bluewire _bluewire._tcp 1 v=1 path=/v1 tls=0"),
    ])
    func aResponderIsToldWhatAClientNeedsAndNothingElse(
        _ responder: Responder, _ announcement: Announcement, _ expected: String
    ) {
        #expect(announcement.arguments(for: responder).joined(separator: " ") == expected)
        // A member of a TXT record has at most 255 bytes.
        #expect(announcement.record.allSatisfy { $0.utf8.count < 255 && $0.contains("=") })
    }

    @Test(arguments: Responder.allCases)
    func whereAResponderIsAbsentTheRemedyNamesIt(_ responder: Responder) {
        #expect(responder.remedy.contains(responder == .avahi ? "avahi-daemon" : responder.program))
        #expect(responder.remedy.contains("discovery: false"))
    }

    @Test(arguments: [
        ("127.0.0.1:1", false), ("localhost:1", false), ("[::1]:1", false), ("0.0.0.0:1", true),
        ("192.168.1.5:1", true),
    ])
    func onlyWhatOthersReachIsAnnounced(_ listen: String, _ isFine: Bool) throws {
        var configuration = GatewayConfiguration(stateDirectory: "/s", database: "/d", home: "/h")
        configuration.listen = try #require(GatewayConfiguration.ListenAddress(listen))
        configuration.listensPlain = true
        configuration.isAnnounced = true
        guard !isFine else {
            #expect(throws: Never.self) { try ListeningSettings.checkReach(configuration) }
            return
        }
        let error = #expect(throws: GatewayError.self) { try ListeningSettings.checkReach(configuration) }
        #expect(error?.remedy.contains("discovery: false") == true)
        let names = Set(ListeningSettings.hosts(configuration).filter { $0.hasSuffix(".local") })
        #expect(names == Set(LocalAddresses.names.filter { $0.hasSuffix(".local") }))
        configuration.isAnnounced = false
        #expect(!ListeningSettings.hosts(configuration).contains { $0.hasSuffix(".local") })
        #expect(throws: Never.self) { try ListeningSettings.checkReach(configuration) }
    }

    @Test func itIsOffUnlessAskedFor() throws {
        func load(_ environment: [String: String]) throws -> Bool {
            try ConfigurationLoader(
                environment: environment.merging(["HOME": "/h", "BLUEWIRE_CONFIG": "/nowhere.yaml"]) { $1 }
            ).load().isAnnounced
        }
        #expect(try load([:]) == false)
        #expect(try load(["BLUEWIRE_DISCOVERY": "true"]))
    }

    // MARK: The child

    @Test func aProgramIsLookedForInThePathAndRunWithoutTheSecretsOfTheEnvironment() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/bluewire-stand-in"
        let script = "#!/bin/sh\necho \"$@ $BLUEWIRE_SECRET\" > \"\(folder.path)/told\"\n"
        try Data(script.utf8).write(to: URL(filePath: path))
        let program = ResponderProgram(["PATH": "relative:\(folder.path)", "BLUEWIRE_SECRET": "hidden"])
        #expect(await program.run("bluewire-stand-in", ["a", "b"]) == .absent)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        #if os(Linux)
            #expect(await program.run("bluewire-stand-in", ["a", "b"]) == .ended)
            #expect(try String(contentsOfFile: folder.path + "/told", encoding: .utf8) == "a b \n")
        #endif
        #expect(await program.run("bluewire-no-such-program", []) == .absent)
    }

    /// A program that ends when it is told, and what was asked of it.
    private final class Program: Sendable {
        let calls = Mutex<[String]>([])
        let called = Bell()
        let over = Bell()
        let result = Mutex(ResponderProgram.End.ended)

        func run(_ program: String, _ arguments: [String]) async -> ResponderProgram.End {
            calls.withLock { $0.append(([program] + arguments).joined(separator: " ")) }
            called.ring()
            await over.wait()
            return result.withLock { $0 }
        }
    }

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
        var logger: Logger { GatewayLog.logger(level: "info") { line in self.all.withLock { $0.append(line) } } }
    }

    private func withService(
        _ program: Program, _ clock: ManualClock, _ lines: Lines, listener: Live<NativeListener?>, _ changed: Bell,
        _ body: () async -> Void
    ) async {
        let service = DiscoveryService(
            responder: .avahi, clock: clock, logger: lines.logger, changed: changed,
            listener: { listener.value }, run: { await program.run($0, $1) })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await service.run() }
            await body()
            group.cancelAll()
        }
    }

    @Test func aProgramThatGivesUpIsBegunAgainAfterGrowingPauses() async {
        let (program, clock, lines) = (Program(), ManualClock(), Lines())
        let listener = Live<NativeListener?>(NativeListener(host: "0.0.0.0", port: 7, isTLS: false, pin: nil))
        await withService(program, clock, lines, listener: listener, Bell()) {
            await program.called.wait()
            for pause in [1, 2, 4, 8] {
                program.over.ring()
                await clock.waitForSleepers(1)
                clock.advance(by: .seconds(pause) - .milliseconds(1))
                #expect(program.calls.withLock { $0.count } == Int(log2(Double(pause))) + 1)
                clock.advance(by: .milliseconds(1))
                await program.called.wait()
            }
            // One that held for a minute begins with short pauses again, and may be warned about again.
            clock.advance(by: .seconds(60))
            program.result.withLock { $0 = .absent }
            program.over.ring()
            await clock.waitForSleepers(1)
            clock.advance(by: .seconds(1))
            await program.called.wait()
        }
        #expect(program.calls.withLock { Set($0) } == ["avahi-publish -s Bluewire _bluewire._tcp 7 v=1 path=/v1 tls=0"])
        let warnings = lines.all.withLock { $0 }
        #expect(warnings.count == 2)
        #expect(warnings.first?.contains("gave up") == true)
        #expect(warnings.last?.contains("is not there") == true)
        #expect(warnings.allSatisfy { $0.contains("warning") && $0.contains("avahi-daemon") })
    }

    @Test func itWaitsForTheListenerAndFollowsItsCertificate() async {
        let (program, clock, lines, changed) = (Program(), ManualClock(), Lines(), Bell())
        let listener = Live<NativeListener?>(nil)
        await withService(program, clock, lines, listener: listener, changed) {
            listener.value = NativeListener(host: "0.0.0.0", port: 7, isTLS: true, pin: "one")
            changed.ring()
            await program.called.wait()
            listener.value?.pin = "two"
            changed.ring()
            await program.called.wait()
        }
        #expect(
            program.calls.withLock { $0.map { $0.split(separator: " ").last ?? "" } } == ["pin=one", "pin=two"])
        #expect(lines.all.withLock { $0.isEmpty })
    }
}
