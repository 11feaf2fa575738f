//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What reading the configuration again has brought.
package struct NativeReload: Hashable, Sendable, Decodable, JSONWritable {
    /// The settings that changed and hold now.
    package var applied: [String]
    /// The settings that changed and hold after a restart.
    package var needsRestart: [String]
    /// What became of the certificate's files: `unchanged`, `replaced` or `unusable`.
    package var certificate: String

    /// A result from its fields.
    package init(applied: [String], needsRestart: [String], certificate: String) {
        self.applied = applied
        self.needsRestart = needsRestart
        self.certificate = certificate
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("applied", applied)
            writer.member("needsRestart", needsRestart)
            writer.member("certificate", certificate)
        }
    }
}
