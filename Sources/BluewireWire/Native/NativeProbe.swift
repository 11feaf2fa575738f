//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Whether the process answers.
package struct NativeLiveness: Hashable, Sendable, Decodable, JSONWritable {
    /// Always true: a process that does not live does not answer.
    package var ok: Bool

    /// The process answers.
    package init() { ok = true }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("ok", ok) }
    }
}

/// Whether the gateway can do its work.
package struct NativeReadyState: Hashable, Sendable, Decodable, JSONWritable {
    /// Whether nothing is missing.
    package var ready: Bool
    /// What is missing.
    package var missing: [NativeReadiness]

    /// A state from what is missing.
    package init(missing: [NativeReadiness]) {
        ready = missing.isEmpty
        self.missing = missing
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ready", ready)
            writer.member("missing", missing)
        }
    }
}
