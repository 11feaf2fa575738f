//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Full Foundation: links are resolved.
import Foundation

/// Whether a program lies where a service can rely on it.
///
/// macOS binds permissions to the path and the signature of a program; a service that runs from a folder which the next
/// build, clean-up or upgrade replaces loses them.
package enum ProgramPlace {
    /// The path to write down for this program: the link it was called by, where there is one, because a link stays when
    /// an upgrade moves what it leads to.
    package static func own(_ executable: String, calledAs name: String, path: String?) -> String {
        let folders = (path ?? "").split(separator: ":").map(String.init)
        let places = name.contains("/") ? [AbsolutePath.of(name)] : folders.map { "\($0)/\(name)" }
        let target = resolved(executable)
        return places.first { $0.hasPrefix("/") && resolved($0) == target } ?? executable
    }

    private static func resolved(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }

    /// Why a path is no place for a service; nil when it is.
    package static func objection(to path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        if parts.contains(".build") || parts.contains("DerivedData") { return "a build folder" }
        if parts.contains("Cellar") { return "a folder of one version, which the next upgrade removes" }
        if parts.contains(".Trash") { return "the bin" }
        if parts.contains("AppTranslocation") { return "a random place that macOS made for a program not yet moved" }
        let temporary = ["/tmp/", "/var/tmp/", "/private/tmp/", "/var/folders/", "/private/var/folders/", "/dev/shm/"]
        if temporary.contains(where: { path.hasPrefix($0) }) { return "a temporary folder" }
        if parts.first == "Volumes" { return "a disk that may not be there" }
        return nil
    }

    /// Refuses a program in such a place, under its own name and under what links lead to.
    package static func check(_ path: String) throws(GatewayError) {
        let resolved = resolved(path)
        for place in [path, resolved] {
            guard let reason = objection(to: place) else { continue }
            // A link that stays, like Homebrew's, is as good as a place of its own.
            if place == resolved, place != path, reason.hasPrefix("a folder of one version") { continue }
            throw GatewayError(
                .denied, message: "\(place) lies in \(reason).",
                remedy: "Put the program where it stays, for example /usr/local/bin/bluewire, and run it from there; "
                    + "permissions are tied to path and signature. To try it out, add --allow-build-path."
            )
        }
    }
}
