//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
// Full Foundation: JSON, files.
import Foundation

/// How far `bluewire setup` has come, kept in the state directory so that it can go on where it stopped.
package struct SetupState: Hashable, Sendable, Codable {
    /// When each step was done.
    private var done: [String: String] = [:]
    /// The own address, for the text to oneself.
    package var ownAddress: String?
    /// What identified the program to macOS when it got its permissions.
    package var requirement: String?

    /// Whose permissions counted at the set-up: a terminal's name, `ssh` or `other`.
    package var holder: String?

    /// A set-up that has not begun.
    package init() {}

    /// A part of the set-up.
    package enum Step: String, Hashable, Sendable, Codable, CaseIterable {
        /// The database can be read.
        case diskAccess
        /// Messages is signed in and has its messages.
        case signedIn
        /// Messages may be controlled.
        case automation
        /// The own address is known.
        case ownAddress
        /// A text to oneself was seen and answered in shadow mode.
        case textToOneself
    }

    /// Whether a step was done.
    package func isDone(_ step: Step) -> Bool { done[step.rawValue] != nil }

    /// The steps that were done, with when.
    package var steps: [String: String] { done }

    /// Notes that a step was done.
    package mutating func note(_ step: Step, at time: Timestamp) { done[step.rawValue] = time.rfc3339 }

    /// Forgets that a step was done, because it is no longer true.
    package mutating func forget(_ step: Step) { done[step.rawValue] = nil }

    private static func path(in stateDirectory: String) -> String { stateDirectory + "/setup.json" }

    /// The set-up of a state directory; one that has not begun where nothing readable lies.
    package static func load(from stateDirectory: String) -> SetupState {
        guard let data = FileManager.default.contents(atPath: path(in: stateDirectory)), data.count <= 1 << 16 else {
            return SetupState()
        }
        return (try? JSONDecoder().decode(SetupState.self, from: data)) ?? SetupState()
    }

    /// Writes it at once or not at all, readable by its owner alone.
    ///
    /// - Throws: ``GatewayError`` when it cannot be written.
    package func save(in stateDirectory: String) throws(GatewayError) {
        let path = Self.path(in: stateDirectory)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return }
        let draft = "\(path).\(UUID().uuidString.prefix(8)).new"
        defer { unlink(draft) }
        let file = try PrivateFile(creating: draft)
        try file.write([UInt8](data))
        try file.synchronise()
        guard rename(draft, path) == 0 else {
            throw GatewayError(
                .cannotCreate, message: "\(path) cannot be written.", remedy: "Check the disk and its permissions.")
        }
    }
}
