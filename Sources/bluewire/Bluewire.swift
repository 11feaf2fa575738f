//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import ArgumentParser

/// The command line.
@main
struct Bluewire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bluewire", abstract: "Makes iMessage programmable."
    )
}
