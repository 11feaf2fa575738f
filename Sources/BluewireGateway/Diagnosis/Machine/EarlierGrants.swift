//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
// Full Foundation: looking for files.
import Foundation

/// What was granted on this machine before, so that a lost grant is told from one that was never given.
package struct EarlierGrants: Hashable, Sendable {
    /// Whether the database could be read once.
    package var couldRead = false
    /// Whether Messages could be controlled once.
    package var couldControl = false
    /// What identified the program to macOS then.
    package var requirement: String?

    /// Nothing was granted.
    package init() {}

    /// What the state directory knows: setup's own notes, and the journal, which is made only after the database was read.
    ///
    /// - Parameters:
    ///   - holder: whose permissions count now; those of another program prove nothing.
    ///   - isServiceInstalled: whether the journal is likely the service's, which has permissions of its own.
    package init(
        stateDirectory: String, holder: MachineSnapshot.PermissionHolder, isServiceInstalled: Bool
    ) {
        let setup = SetupState.load(from: stateDirectory)
        let isSame = setup.holder == nil || setup.holder == holder.name
        let hasJournal = FileManager.default.fileExists(atPath: stateDirectory + "/journal.db")
        couldRead = setup.isDone(.diskAccess) && isSame || hasJournal && !isServiceInstalled
        couldControl = setup.isDone(.automation) && isSame
        requirement = setup.requirement
    }
}
