//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What can be done in a chat, action by action.
package struct NativeCapability: Hashable, Sendable, Decodable, JSONWritable {
    /// The action, for example `tapback`.
    package var action: String
    /// Whether it can be done now.
    package var isAble: Bool
    /// The transport that would do it.
    package var transport: String?
    /// Why it cannot be done.
    package var reason: String?
    /// The nearest thing that can be done instead.
    package var instead: String?

    /// A capability from its fields.
    package init(action: String, transport: String?, reason: String?, instead: String?) {
        self.action = action
        isAble = transport != nil
        self.transport = transport
        self.reason = reason
        self.instead = instead
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("action", action)
            writer.member("isAble", isAble)
            writer.member("transport", transport)
            writer.member("reason", reason)
            writer.member("instead", instead)
        }
    }
}
