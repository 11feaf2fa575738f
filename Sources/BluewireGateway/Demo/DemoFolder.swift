//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
// Full Foundation: folders.
import Foundation

/// The folder a demo lives in: emptied unless it is to be continued, and never a folder that is not a demo's.
struct DemoFolder: Sendable {
    /// Its path.
    let path: String

    /// The simulator's socket in it.
    var socketPath: String { path + "/simulator.sock" }

    /// The file that marks the folder as a demo's.
    private static func marker(in path: String) -> String { path + "/bluewire-demo" }

    /// Makes the folder.
    static func prepare(_ options: Demo.Options) throws(GatewayError) -> DemoFolder {
        let path = AbsolutePath.of(options.directory ?? DefaultPlaces().stateDirectory + "/demo")
        guard (path + "/simulator.sock").utf8.count <= 103 else {
            throw GatewayError(
                .badData, message: "The path of the demo's folder is too long for a socket.",
                remedy: "Give a shorter one with --state, for example /tmp/bluewire-demo."
            )
        }
        let manager = FileManager.default
        if manager.fileExists(atPath: path), !manager.fileExists(atPath: marker(in: path)) {
            guard let contents = try? manager.contentsOfDirectory(atPath: path), contents.isEmpty else {
                throw GatewayError(
                    .denied, message: "\(path) is not a demo's folder; it is left alone.",
                    remedy: "Give an empty or new folder with --state."
                )
            }
        }
        guard StateDirectory.lockHolder(at: path + "/state") == nil else {
            throw GatewayError(
                .busy, message: "A demo already runs in \(path).",
                remedy: "Stop it first, or give another folder with --state."
            )
        }
        do {
            if !options.keepsHistory, manager.fileExists(atPath: path) { try manager.removeItem(atPath: path) }
            try manager.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
            try Data().write(to: URL(filePath: marker(in: path)))
        } catch {
            throw GatewayError(
                .cannotCreate, message: "The demo's folder \(path) cannot be made.",
                remedy: "Give another one with --state."
            )
        }
        return DemoFolder(path: path)
    }
}
