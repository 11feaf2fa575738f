//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What `bluewire service` did or found.
package struct ServiceReport: Hashable, Sendable, Encodable {
    /// Who keeps the gateway running.
    package var supervisor: ServicePlan.Supervisor
    /// The supervisor's file.
    package var path: String
    /// What lies there now.
    package var file: OwnedFile.State
    /// Whether the supervisor knows the gateway; nil when it could not be asked.
    package var isLoaded: Bool?
    /// Whether it runs under the supervisor; nil when that could not be asked.
    package var isRunning: Bool?
    /// Its process.
    package var process: Int?
    /// How it ended the last time.
    package var lastExit: Int?
    /// Whether nothing was done, only shown.
    package var isDryRun = false
    /// What was done, or would be in a dry run.
    package var steps: [String] = []
    /// The text of the file, in a dry run.
    package var contents: String?
    /// What to know about it.
    package var notes: [String] = []
    /// The commands that could not be run, in order.
    package var left: [String] = []
    /// What is left to do by hand; nil when nothing is.
    package var remedy: String?

    /// A report in which nothing was asked or done yet.
    package init(_ plan: ServicePlan, file: OwnedFile.State) {
        supervisor = plan.supervisor
        path = plan.path
        self.file = file
    }

    mutating func take(_ condition: SupervisorCommands.Condition?) {
        isLoaded = condition?.isLoaded
        isRunning = condition?.isRunning
        process = condition?.process
        lastExit = condition?.lastExit
    }
}
