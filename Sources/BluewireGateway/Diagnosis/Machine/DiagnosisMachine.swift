//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
package import BluewireModel
import BluewireNetwork
// Full Foundation: free space, time zones, the environment.
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// What diagnosis asks of the computer besides files: replaced by a stand-in in tests.
package struct DiagnosisMachine: Sendable {
    /// Whether this is a Mac.
    package var isMac: Bool
    /// The process's environment.
    package var environment: [String: String]
    /// Whether the process has every right, so that checks of rights say nothing.
    package var isRoot: Bool
    /// The time of day.
    package var now: Timestamp
    /// The name of the time zone.
    package var zone: String
    /// The language and region.
    package var locale: String
    /// The bytes free where the folder lies; nil when that cannot be told.
    package var freeBytes: @Sendable (_ folder: String) -> Int64?
    /// Whether somebody listens on a port of this computer.
    package var isPortTaken: @Sendable (_ port: Int) -> Bool
    /// Whether a Bluewire gateway answers on a port of this computer.
    package var isGatewayOn: @Sendable (_ port: Int) async -> Bool
    /// Where model endpoints were found, for people.
    package var modelOrigins: @Sendable () async -> [String]
    /// What macOS says about controlling Messages, without asking anybody; nil where there is no such thing.
    package var automation: @Sendable () -> Int? = { nil }
    /// The service of the user's supervisor; nil when it is not to be looked at.
    package var service: @Sendable (_ configuration: GatewayConfiguration, _ file: String?) async -> ServiceReport? = {
        _, _ in nil
    }
    /// Asks the endpoint of a model.
    package var ask: @Sendable (ModelEndpoint) async -> ModelEndpoint.Outcome = { await $0.ask() }
    /// Runs a tool of the system; nil when it is not there.
    ///
    /// Tools that could raise a question are never run.
    package var run: @Sendable (_ tool: String, _ arguments: [String]) async -> Answer?

    /// How long a check waits for something that should happen at once.
    package var patience: Duration = .seconds(1)

    /// What a tool answered.
    package struct Answer: Hashable, Sendable {
        /// Whether it ended well.
        package var isSuccess: Bool
        /// What it printed.
        package var output: String

        /// An answer from its fields.
        package init(isSuccess: Bool, output: String) {
            self.isSuccess = isSuccess
            self.output = output
        }
    }

    /// This computer.
    package static var this: DiagnosisMachine {
        let environment = ProcessInfo.processInfo.environment
        var machine = DiagnosisMachine(
            isMac: isThisAMac, environment: environment, isRoot: geteuid() == 0, now: SystemTime.now,
            zone: TimeZone.current.identifier, locale: Locale.current.identifier, freeBytes: freeBytes,
            isPortTaken: FreePort.isTaken,
            isGatewayOn: isGatewayOn,
            modelOrigins: { await ProviderDetection.detect(environment: environment).map(\.origin) }, run: run
        )
        machine.automation = AutomationStatus.ofMessages
        machine.service = { configuration, file in
            guard let installer = try? ServiceInstaller.this(configuration, file: file, environment: environment) else {
                return nil
            }
            return await installer.status()
        }
        return machine
    }

    private static var isThisAMac: Bool {
        #if os(macOS)
            true
        #else
            false
        #endif
    }

    private static func isGatewayOn(_ port: Int) async -> Bool {
        // The simulator's purpose is the one for services of this computer.
        guard let policy = try? EgressPolicy(allow: [EgressPurpose.simulator.rawValue: ["127.0.0.0/8"]]) else {
            return false
        }
        let request = EgressRequest(
            .simulator, url: "http://127.0.0.1:\(port)/healthz",
            limits: EgressLimits(connect: .seconds(1), idle: .seconds(2), total: .seconds(2))
        )
        return (try? await EgressClient(policy: policy).send(request))?.status == 200
    }

    private static func freeBytes(_ folder: String) -> Int64? {
        // The nearest folder that exists lies on the same volume.
        var path = URL(filePath: folder)
        while !FileManager.default.fileExists(atPath: path.path), path.path != "/" { path.deleteLastPathComponent() }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path.path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    private static func run(_ tool: String, _ arguments: [String]) async -> Answer? {
        guard FileManager.default.isExecutableFile(atPath: tool) else { return nil }
        return await withTaskGroup(of: Answer.self) { group in
            group.addTask {
                let result = try? await Subprocess.run(
                    .path(FilePath(tool)), arguments: Arguments(arguments), output: .string(limit: 64 << 10),
                    error: .discarded
                )
                guard let result else { return Answer(isSuccess: false, output: "") }
                return Answer(isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput)
            }
            group.addTask {
                _ = try? await ContinuousClock().sleep(for: .seconds(10))
                return Answer(isSuccess: false, output: "")
            }
            defer { group.cancelAll() }
            return await group.next() ?? Answer(isSuccess: false, output: "")
        }
    }
}
