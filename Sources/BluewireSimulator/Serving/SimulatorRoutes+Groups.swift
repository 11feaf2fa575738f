//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import Hummingbird

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension SimulatorRoutes {
    /// Changes of groups, by their people and by us.
    func addGroups(to router: Router<BasicRequestContext>) {
        post("group", to: router) { (body: GroupRequest, world, now) in
            guard let speaker = body.speaker else {
                throw SimulatorError(.invalid, "Somebody must do it.", remedy: "Pass as: <address>.")
            }
            return try world.change(body.chat, try change(body), by: speaker, at: now)
        }
        post("transport/group", to: router) { (body: GroupRequest, world, now) in
            try world.changeOurselves(body.chat, try change(body), at: now)
        }
    }

    private func change(_ body: GroupRequest) throws -> GroupChange {
        switch (body.change, body.address) {
        case ("rename", _): return .rename(body.name ?? "")
        case ("icon", _):
            if let path = body.path { return .icon(try loaded(path)) }
            guard let base64 = body.base64 else { return .icon(nil) }
            guard let data = Data(base64Encoded: base64) else {
                throw SimulatorError(.invalid, "The picture is not base64.", remedy: "Encode it, or leave it out.")
            }
            return .icon(Media(name: "photo.png", bytes: Array(data)))
        case ("add", let address?): return .add(address)
        case ("remove", let address?): return .remove(address)
        case ("leave", _): return .leave
        default:
            throw SimulatorError(
                .invalid, "This change does not exist, or its address is missing.",
                remedy: "Changes: rename, icon, add and remove with an address, leave."
            )
        }
    }
}
