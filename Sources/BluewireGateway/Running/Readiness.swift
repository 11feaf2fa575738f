//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireTransport
import BluewireWire

/// What the gateway lacks to do its work, each with its remedy.
struct Readiness: Sendable {
    let source: ChatDatabaseSource
    let store: MessageStore
    let line: Line

    func missing() async -> [NativeReadiness] {
        var missing: [NativeReadiness] = []
        let status = source.status
        if let trouble = status.trouble {
            missing.append(
                NativeReadiness(
                    code: "database", detail: trouble,
                    remedy: "`bluewire doctor` says what to do; the gateway keeps trying."
                )
            )
        } else if !status.isWatching {
            missing.append(
                NativeReadiness(code: "watching", detail: "The database is being opened.", remedy: "Wait a moment.")
            )
        }
        if status.parkedCount > 0 {
            missing.append(
                NativeReadiness(
                    code: "parked_rows", detail: "\(status.parkedCount) rows wait for their chat.",
                    remedy: "They are looked at again for ten minutes; nothing else is held back."
                )
            )
        }
        if store.isDegraded {
            missing.append(
                NativeReadiness(
                    code: "degraded", detail: "The database was opened without its log; what is read may be old.",
                    remedy: "Make its folder writable, or give a copy with its -wal and -shm files."
                )
            )
        }
        if !line.transports.isEmpty {
            let capabilities = await line.capabilities
            if !capabilities.supported.contains(.text) {
                missing.append(
                    NativeReadiness(
                        code: "sending", detail: capabilities.reasons[.text] ?? "No transport can send.",
                        remedy: "`bluewire doctor` says what to do."
                    )
                )
            }
        }
        return missing
    }
}
