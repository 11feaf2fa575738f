//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Foundation: looking for the program.
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Runs a responder's program as a child.
struct ResponderProgram: Sendable {
    /// How a program ended.
    enum End: Hashable, Sendable {
        /// There is none.
        case absent
        /// It gave up by itself, or could not be started.
        case ended
    }

    private let folders: [String]
    private let environment: [String: String]

    /// Programs in the system's folders; those of `PATH` come first where the system has no fixed place for them.
    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        let usual = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/bin"]
        #if os(macOS)
            folders = usual
        #else
            let named = (environment["PATH"] ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
            folders = named + usual.filter { !named.contains($0) }
        #endif
        // The keys of models and webhooks in the environment are none of its business.
        self.environment = environment.filter { ["PATH", "DBUS_SYSTEM_BUS_ADDRESS"].contains($0.key) }
    }

    /// Runs the program until it ends, or until the task is cancelled; then it is asked to stop.
    func run(_ program: String, _ arguments: [String]) async -> End {
        let places = folders.map { $0 + "/" + program }
        guard let path = places.first(where: FileManager.default.isExecutableFile) else { return .absent }
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
        let configuration = Subprocess.Configuration(
            executable: .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) })),
            platformOptions: options)
        _ = try? await Subprocess.run(configuration, input: .none, output: .discarded, error: .discarded)
        return .ended
    }
}
