//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import BluewireTesting
import Foundation
import Synchronization
import Testing

/// A supervisor's tool that answers as told, and keeps what it was asked.
private final class StandInRunner: CommandRunning {
    private let asked = Mutex<[String]>([])
    var calls: [String] { asked.withLock { $0 } }
    private let answer: @Sendable (_ call: String, _ earlier: Int) -> CommandAnswer?

    init(_ answer: @escaping @Sendable (_ call: String, _ earlier: Int) -> CommandAnswer?) { self.answer = answer }

    func run(_ tool: String, _ arguments: [String]) async -> CommandAnswer? {
        let call = ([tool] + arguments).joined(separator: " ")
        let earlier = asked.withLock { asked in
            defer { asked.append(call) }
            return asked.count { $0 == call }
        }
        return answer(call, earlier)
    }
}

/// A clock whose pauses are over at once.
private struct HurriedClock: WallClock {
    var now: Timestamp { Timestamp(seconds: 1_780_000_000) }
    func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
}

private func plan(
    _ supervisor: ServicePlan.Supervisor, home: String = "/home/somebody", program: String = "/usr/local/bin/bluewire",
    configuration: String? = "/home/somebody/.config/bluewire/bluewire.yaml"
) -> ServicePlan {
    ServicePlan(
        supervisor: supervisor, program: program, configurationFile: configuration,
        stateDirectory: "\(home)/state", environmentFile: "\(home)/.config/bluewire/environment", home: home,
        configurationHome: "\(home)/.config")
}

private func installer(_ plan: ServicePlan, variables: [String] = [], _ runner: StandInRunner) -> ServiceInstaller {
    ServiceInstaller(plan, user: 501, variables: variables, runner: runner, clock: HurriedClock())
}

private let systemdRuns =
    "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nMainPID=4711\nExecMainStatus=0\n"
private let launchdRuns =
    "org.bluewire.gateway = {\n\tstate = running\n\tpid = 4711\n\tlast exit code = (never exited)\n\tx = {\n\t\tpid = 1\n\t}\n}\n"

@Suite struct ServiceFileTests {
    @Test func theUnitIsExactlyThis() {
        #expect(
            plan(.systemd).contents == """
                [Unit]
                Description=Bluewire gateway
                StartLimitIntervalSec=300
                StartLimitBurst=10

                [Service]
                Type=exec
                ExecStart=/usr/local/bin/bluewire serve --config /home/somebody/.config/bluewire/bluewire.yaml --state /home/somebody/state
                ExecReload=/bin/kill -HUP $MAINPID
                EnvironmentFile=-/home/somebody/.config/bluewire/environment
                StandardOutput=null
                Restart=on-failure
                RestartSec=5
                RestartPreventExitStatus=77 78
                TimeoutStopSec=20
                UMask=0077
                NoNewPrivileges=yes
                LockPersonality=yes
                MemoryDenyWriteExecute=yes
                RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
                RestrictNamespaces=yes
                RestrictRealtime=yes
                RestrictSUIDSGID=yes
                SystemCallArchitectures=native
                SystemCallFilter=@system-service
                SystemCallFilter=~@privileged
                SystemCallErrorNumber=EPERM
                MemoryMax=1G
                TasksMax=512

                [Install]
                WantedBy=default.target

                """)
    }

    @Test func theAgentIsExactlyThis() {
        #expect(
            plan(.launchd, configuration: nil).contents == """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <plist version="1.0">
                <dict>
                    <key>Label</key>
                    <string>org.bluewire.gateway</string>
                    <key>ProgramArguments</key>
                    <array>
                        <string>/usr/local/bin/bluewire</string>
                        <string>serve</string>
                        <string>--state</string>
                        <string>/home/somebody/state</string>
                    </array>
                    <key>LimitLoadToSessionType</key>
                    <string>Aqua</string>
                    <key>RunAtLoad</key>
                    <true/>
                    <key>KeepAlive</key>
                    <dict>
                        <key>SuccessfulExit</key>
                        <false/>
                    </dict>
                    <key>ThrottleInterval</key>
                    <integer>10</integer>
                    <key>ExitTimeOut</key>
                    <integer>20</integer>
                    <key>ProcessType</key>
                    <string>Interactive</string>
                    <key>Umask</key>
                    <integer>63</integer>
                    <key>StandardOutPath</key>
                    <string>/dev/null</string>
                    <key>StandardErrorPath</key>
                    <string>/home/somebody/state/gateway.log</string>
                </dict>
                </plist>

                """)
    }

    @Test(arguments: [
        ("/usr/bin/bluewire", "/usr/bin/bluewire"),
        ("/home/a b/bluewire", "\"/home/a b/bluewire\""),
        ("/100%/x", "/100%%/x"),
        ("say \"hi\"", "\"say \\\"hi\\\"\""),
        ("back\\slash", "\"back\\\\slash\""),
        ("it's", "\"it's\""),
        ("über", "\"über\""),
        (";", "\";\""),
        ("", "\"\""),
    ])
    func wordsAreQuotedAsSystemdReadsThem(_ word: String, _ quoted: String) {
        #expect(SystemdUnit.quoted(word) == quoted)
    }

    @Test func variablesAreNotExpandedInArguments() {
        let text = plan(.systemd, configuration: "/home/$USER/b.yaml").contents
        #expect(text.contains("--config \"/home/$$USER/b.yaml\" --state"))
    }

    @Test(arguments: [
        "/Users/a & b/<x>/\"q\"/it's", "/Users/]]>/&amp;/ü", "/plain/path",
    ])
    func aPropertyListReaderReadsBackWhatWasWritten(_ path: String) throws {
        let text = OwnedFile.marked(plan(.launchd, program: path, configuration: path + ".yaml").contents)
        let list = try PropertyListSerialization.propertyList(from: Data(text.utf8), format: nil)
        let words = try #require((list as? NSDictionary)?["ProgramArguments"] as? [String])
        #expect(words == [path, "serve", "--config", path + ".yaml", "--state", "/home/somebody/state"])
    }

    @Test(arguments: ServicePlan.Supervisor.allCases, ["/a\nExecStart=/bin/sh", "/a\u{0}b", "relative", "/a\u{2028}b"])
    func pathsThatCouldBreakTheFileAreRefused(_ supervisor: ServicePlan.Supervisor, _ path: String) {
        #expect(throws: GatewayError.self) { try plan(supervisor, program: path).check() }
        #expect(throws: GatewayError.self) { try plan(supervisor, configuration: path).check() }
    }

    @Test(arguments: [
        ("/usr/local/bin/bluewire", false), ("/Applications/Bluewire.app/Contents/MacOS/bluewire", false),
        ("/home/a/bin/bluewire", false), ("/opt/homebrew/bin/bluewire", false), ("/home/a/builds/bluewire", false),
        ("/home/a/bluewire/.build/debug/bluewire", true), ("/tmp/bluewire", true), ("/private/tmp/b/bluewire", true),
        ("/Users/a/Library/Developer/Xcode/DerivedData/x/bluewire", true), ("/var/folders/x/bluewire", true),
        ("/opt/homebrew/Cellar/bluewire/1.0/bin/bluewire", true), ("/Volumes/Stick/bluewire", true),
        ("/private/var/folders/ab/T/AppTranslocation/X/d/Bluewire.app/Contents/MacOS/bluewire", true),
    ])
    func onlyPlacesThatStayAreGoodForAService(_ path: String, _ isRefused: Bool) {
        #expect((ProgramPlace.objection(to: path) != nil) == isRefused)
    }

    @Test func aLinkIntoABuildFolderIsNoStablePlace() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file(".build"), withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: folder.file(".build/bluewire")))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("bluewire"), withDestinationPath: folder.file(".build/bluewire"))
        #expect(throws: GatewayError.self) { try ProgramPlace.check(folder.file("bluewire")) }
    }
}

@Suite struct ProgramPlaceTests {
    @Test func aLinkThatLedHereIsWrittenDownInsteadOfItsTarget() throws {
        let folder = try TemporaryFolder()
        for part in ["Cellar/1.0", "bin", "other"] {
            try FileManager.default.createDirectory(atPath: folder.file(part), withIntermediateDirectories: true)
        }
        let target = folder.file("Cellar/1.0/bluewire")
        try Data().write(to: URL(filePath: target))
        try Data().write(to: URL(filePath: folder.file("other/bluewire")))
        try FileManager.default.createSymbolicLink(atPath: folder.file("bin/bluewire"), withDestinationPath: target)
        let path = "\(folder.file("other")):\(folder.file("bin"))"
        #expect(ProgramPlace.own(target, calledAs: "bluewire", path: path) == folder.file("bin/bluewire"))
        #expect(
            ProgramPlace.own(target, calledAs: folder.file("bin/bluewire"), path: nil) == folder.file("bin/bluewire"))
        #expect(ProgramPlace.own(target, calledAs: "elsewhere", path: path) == target)
        #expect(ProgramPlace.own(target, calledAs: "bluewire", path: folder.file("other")) == target)
    }
}

@Suite struct OwnedFileTests {
    @Test(arguments: ServicePlan.Supervisor.allCases)
    func writingRenewingAndRemoving(_ supervisor: ServicePlan.Supervisor) throws {
        let folder = try TemporaryFolder()
        let file = OwnedFile(path: folder.file("deep/er/file"))
        let contents = plan(supervisor).contents
        #expect(file.state(expecting: contents) == .absent)
        try file.write(contents)
        #expect(file.state(expecting: contents) == .current)
        let next = plan(supervisor, program: "/opt/other").contents
        #expect(file.state(expecting: next) == .outdated)
        try file.write(next)
        #expect(file.state(expecting: next) == .current)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("deep/er")) == ["file"])
        try file.remove()
        #expect(file.state(expecting: next) == .absent)
    }

    @Test(arguments: ServicePlan.Supervisor.allCases, ["foreign", "edited", "link", "folder"])
    func whatIsNotOursStaysAsItIs(_ supervisor: ServicePlan.Supervisor, _ kind: String) throws {
        let folder = try TemporaryFolder()
        let file = OwnedFile(path: folder.file("file"))
        let contents = plan(supervisor).contents
        switch kind {
        case "foreign": try Data("mine\n".utf8).write(to: URL(filePath: file.path))
        case "edited":
            try file.write(contents)
            let text = try String(contentsOfFile: file.path, encoding: .utf8)
            try Data(text.replacingOccurrences(of: "serve", with: "demo").utf8).write(to: URL(filePath: file.path))
        case "link":
            try OwnedFile(path: folder.file("elsewhere")).write(contents)
            try FileManager.default.createSymbolicLink(
                atPath: file.path, withDestinationPath: folder.file("elsewhere"))
        default: try FileManager.default.createDirectory(atPath: file.path, withIntermediateDirectories: false)
        }
        let before = try? String(contentsOfFile: file.path, encoding: .utf8)
        #expect(file.state(expecting: contents) == .foreign)
        #expect(throws: GatewayError.self) { try file.write(contents) }
        #expect(throws: GatewayError.self) { try file.remove() }
        #expect((try? String(contentsOfFile: file.path, encoding: .utf8)) == before)
    }
}

@Suite struct ServiceInstallerTests {
    @Test func installingWithSystemdWritesEnablesAndStarts() async throws {
        let folder = try TemporaryFolder()
        let runner = StandInRunner { call, _ in
            CommandAnswer(isSuccess: true, output: call.contains("show") ? systemdRuns : "")
        }
        let plan = plan(.systemd, home: folder.path)
        let report = try await installer(plan, variables: ["SOME_KEY"], runner).install()
        #expect(report.file == .current)
        #expect(report.isRunning == true)
        #expect(report.process == 4711)
        #expect(report.remedy == nil)
        #expect(report.notes.contains { $0.contains("SOME_KEY") })
        #expect(
            report.steps == [
                "write \(plan.path)", "systemctl --user daemon-reload", "systemctl --user enable bluewire.service",
                "systemctl --user restart bluewire.service",
            ])
        #expect(OwnedFile(path: plan.path).state(expecting: plan.contents) == .current)
        #expect(
            try FileManager.default.attributesOfItem(atPath: plan.stateDirectory)[.posixPermissions] as? Int == 0o700)
        #expect(runner.calls.count == 4)
    }

    @Test(arguments: [nil, CommandAnswer(isSuccess: false, complaint: "Failed to connect to bus")])
    func withoutAUserBusTheUnitIsWrittenAndTheRestIsSaid(_ answer: CommandAnswer?) async throws {
        let folder = try TemporaryFolder()
        let plan = plan(.systemd, home: folder.path)
        let report = try await installer(plan, StandInRunner { _, _ in answer }).install()
        #expect(report.file == .current)
        #expect(report.isRunning == nil)
        #expect(report.steps == ["write \(plan.path)"])
        #expect(report.remedy != nil)
        #expect(
            report.left == [
                "systemctl --user daemon-reload", "systemctl --user enable bluewire.service",
                "systemctl --user restart bluewire.service",
            ])
    }

    @Test func launchdIsGivenTimeToLetGoOfTheOldAgent() async throws {
        let folder = try TemporaryFolder()
        let plan = plan(.launchd, home: folder.path)
        let runner = StandInRunner { call, earlier in
            if call.contains("bootout") { return CommandAnswer(isSuccess: false, complaint: "No such process") }
            if call.contains("bootstrap") {
                return CommandAnswer(isSuccess: earlier == 3, complaint: "Bootstrap failed: 5: Input/output error")
            }
            return CommandAnswer(isSuccess: true, output: call.contains("print") ? launchdRuns : "")
        }
        let report = try await installer(plan, runner).install()
        #expect(report.isRunning == true)
        #expect(report.process == 4711)
        #expect(report.remedy == nil)
        #expect(runner.calls.count { $0.contains("bootstrap") } == 4)
        #expect(report.notes.contains { $0.contains("Full Disk Access") && $0.contains(plan.program) })
        #expect(report.notes.contains { $0.contains("survive an upgrade") })
        #expect(report.steps.last == "/bin/launchctl bootstrap gui/501 \(plan.path)")
    }

    @Test func withoutAScreenSessionTheAgentIsWrittenAndTheRestIsSaid() async throws {
        let folder = try TemporaryFolder()
        let plan = plan(.launchd, home: folder.path)
        let runner = StandInRunner { _, _ in
            CommandAnswer(isSuccess: false, complaint: "Could not find domain for user gui: 501")
        }
        let report = try await installer(plan, runner).install()
        #expect(report.file == .current)
        #expect(report.isRunning == false)
        #expect(report.remedy != nil)
        #expect(report.left == ["/bin/launchctl bootstrap gui/501 \(plan.path)"])
        #expect(runner.calls.count { $0.contains("bootstrap") } == 10)
    }

    @Test(arguments: ServicePlan.Supervisor.allCases)
    func aDryRunTouchesNothing(_ supervisor: ServicePlan.Supervisor) async throws {
        let folder = try TemporaryFolder()
        let plan = plan(supervisor, home: folder.path)
        let runner = StandInRunner { _, _ in nil }
        let report = try await installer(plan, runner).install(isDryRun: true)
        #expect(report.isDryRun)
        #expect(report.contents == OwnedFile.marked(plan.contents))
        #expect(report.steps.count == 4)
        #expect(runner.calls.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func aBuildFolderIsRefusedUnlessAllowed() async throws {
        let folder = try TemporaryFolder()
        let plan = plan(.systemd, home: folder.path, program: "/home/a/bluewire/.build/debug/bluewire")
        let runner = StandInRunner { _, _ in CommandAnswer(isSuccess: true) }
        let error = await #expect(throws: GatewayError.self) { try await installer(plan, runner).install() }
        #expect(error?.code == .denied)
        #expect(!FileManager.default.fileExists(atPath: plan.path))
        #expect(runner.calls.isEmpty)
        #expect(try await installer(plan, runner).install(allowsBuildPath: true).file == .current)
    }

    @Test(arguments: ServicePlan.Supervisor.allCases)
    func aDryUninstallTouchesNothing(_ supervisor: ServicePlan.Supervisor) async throws {
        let folder = try TemporaryFolder()
        let plan = plan(supervisor, home: folder.path)
        try OwnedFile(path: plan.path).write(plan.contents)
        let runner = StandInRunner { _, _ in nil }
        let report = try await installer(plan, runner).uninstall(isDryRun: true)
        #expect(report.isDryRun)
        #expect(report.steps.contains("remove \(plan.path)"))
        #expect(runner.calls.isEmpty)
        #expect(OwnedFile(path: plan.path).state(expecting: plan.contents) == .current)
    }

    @Test(arguments: [("127.0.0.1", false, true), ("0.0.0.0", false, false), ("0.0.0.0", true, true)])
    func whatCouldOnlyFailAtEveryStartIsRefused(_ host: String, _ listensPlain: Bool, _ isGood: Bool) throws {
        var configuration = GatewayConfiguration(stateDirectory: "/s", database: "/d", home: "/h")
        configuration.listen = .init(host: host, port: 8787)
        configuration.listensPlain = listensPlain
        do throws(GatewayError) {
            try ServiceInstaller.check(configuration)
            #expect(isGood)
        } catch {
            #expect(!isGood)
            #expect(error.code == .configuration)
        }
    }

    @Test(arguments: ServicePlan.Supervisor.allCases)
    func somebodyElsesFileStopsEverything(_ supervisor: ServicePlan.Supervisor) async throws {
        let folder = try TemporaryFolder()
        let plan = plan(supervisor, home: folder.path)
        try FileManager.default.createDirectory(
            at: URL(filePath: plan.path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("mine\n".utf8).write(to: URL(filePath: plan.path))
        let runner = StandInRunner { _, _ in CommandAnswer(isSuccess: true) }
        let installer = installer(plan, runner)
        await #expect(throws: GatewayError.self) { try await installer.install() }
        await #expect(throws: GatewayError.self) { try await installer.uninstall() }
        #expect(runner.calls.isEmpty)
        #expect(try String(contentsOfFile: plan.path, encoding: .utf8) == "mine\n")
        #expect(await installer.status().file == .foreign)
    }

    @Test(arguments: ServicePlan.Supervisor.allCases)
    func uninstallingStopsThenRemovesAndLeavesTheState(_ supervisor: ServicePlan.Supervisor) async throws {
        let folder = try TemporaryFolder()
        let plan = plan(supervisor, home: folder.path)
        let runner = StandInRunner { call, _ in CommandAnswer(isSuccess: !call.contains("print")) }
        let installer = installer(plan, runner)
        _ = try await installer.install()
        let report = try await installer.uninstall()
        #expect(report.file == .absent)
        #expect(report.isRunning == false)
        #expect(report.remedy == nil)
        #expect(report.steps.contains("remove \(plan.path)"))
        #expect(!FileManager.default.fileExists(atPath: plan.path))
        #expect(FileManager.default.fileExists(atPath: plan.stateDirectory))
        #expect(try await installer.uninstall().steps.isEmpty)
    }

    @Test func uninstallingWithoutABusRemovesTheUnitAndSaysWhatIsLeft() async throws {
        let folder = try TemporaryFolder()
        let plan = plan(.systemd, home: folder.path)
        let installer = installer(plan, StandInRunner { _, _ in nil })
        _ = try await installer.install()
        let report = try await installer.uninstall()
        #expect(report.file == .absent)
        #expect(report.remedy != nil)
    }

    @Test func statusTellsStoppedFromUnknown() async throws {
        let folder = try TemporaryFolder()
        let plan = plan(.systemd, home: folder.path)
        try OwnedFile(path: plan.path).write(plan.contents)
        let ended = "LoadState=loaded\nActiveState=failed\nMainPID=0\nExecMainStatus=78\n"
        let stopped = await installer(plan, StandInRunner { _, _ in .init(isSuccess: true, output: ended) }).status()
        #expect(stopped.isRunning == false)
        #expect(stopped.process == nil)
        #expect(stopped.lastExit == 78)
        let unknown = await installer(plan, StandInRunner { _, _ in nil }).status()
        #expect(unknown.isRunning == nil)
        #expect(unknown.remedy != nil)
        let running = await installer(
            plan, StandInRunner { _, _ in .init(isSuccess: true, output: systemdRuns) }
        ).status()
        #expect(running.isRunning == true)
        #expect(running.remedy == nil)
    }
}
