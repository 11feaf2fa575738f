//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import Crypto

/// SHA-256 over bytes that come in pieces.
package struct StreamDigest: Sendable {
    private var digest = SHA256()

    /// A digest of nothing.
    package init() {}

    /// Takes the next bytes.
    package mutating func update(_ bytes: [UInt8]) { digest.update(data: bytes) }

    /// The digest of everything so far, in hexadecimal digits.
    package var value: String { Array(digest.finalize()).hexadecimal }
}
