//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if os(macOS)
    // Full Foundation: activities of a process.
    import Foundation
#endif

/// Tells macOS that work goes on although nobody looks at a window, so that App Nap does not slow it down.
enum ActivityAssertion {
    /// Runs `body` under the assertion; elsewhere than on macOS simply runs it.
    static func during<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        #if os(macOS)
            let activity = ProcessInfo.processInfo.beginActivity(
                options: .userInitiatedAllowingIdleSystemSleep, reason: "Bluewire waits for messages."
            )
            defer { ProcessInfo.processInfo.endActivity(activity) }
        #endif
        return try await body()
    }
}
