//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ServiceLifecycle
import UnixSignals

/// Reloads the configuration whenever the process gets a SIGHUP.
struct ReloadService: Service {
    let reloader: Reloader
    let signals: UnixSignalsSequence

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            // What is wrong with the file was logged and written down; the gateway goes on with what it had.
            _ = try? await reloader.reload(by: "system")
        }
    }
}
