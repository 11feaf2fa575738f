//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
// Foundation: removing a file.
import Foundation
import HTTPTypes
import Hummingbird

/// Backups of the state.
enum BackupRoutes {
    static let routes = [make]

    private static let make = Route.raw(
        .post, "/v1/backup", "makeBackup", .scope(.admin), "Back up the state, as it is at one instant.",
        answers: [.bytes("application/x-tar", "The backup; `bluewire restore` reads it.")]
    ) { call in
        guard let backup = call.context.backup else { throw NativeProblem.notAvailable("backups") }
        let path = try await backup(try call.principal().id)
        // The open file stays readable without a name, and nothing is left of it when the caller goes away.
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try await FileSystemReader.open(path)
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-tar", .disposition: #"attachment; filename="bluewire.tar""#,
            ], body: file.body(0..<file.size, on: call.requestContext.eventLoop))
    }.detail(
        "It holds secrets: digests of tokens, secrets of webhooks and the key of the audit trail. Keep it private."
    )
    .problems(.notAvailable)
}
