//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireEvents
// Full Foundation: the process's environment.
import Foundation

/// Lets a test kill the process at one exact instruction of the outbox; inert unless `BLUEWIRE_CRASH_AT` names a point.
package enum CrashHook {
    /// The hook for this process's environment.
    package static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> @Sendable (OutboxCrashPoint) throws -> Void {
        guard let point = environment["BLUEWIRE_CRASH_AT"].flatMap(OutboxCrashPoint.init(rawValue:)) else { return { _ in } }
        // SIGKILL: no handler, no flushing, as a power cut would end it.
        return { if $0 == point { kill(getpid(), SIGKILL) } }
    }
}
