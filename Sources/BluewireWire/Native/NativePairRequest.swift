//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The body of `POST /v1/pair`.
package struct NativePairRequest: StrictRequest, Hashable, Sendable, JSONWritable {
    /// The one-time code.
    package var code: String

    /// A request from its field.
    package init(code: String) { self.code = code }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in writer.member("code", code) }
    }

    /// The members of the body.
    package enum CodingKeys: String, CodingKey, CaseIterable { case code }
    package typealias Key = CodingKeys
}
