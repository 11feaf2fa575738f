//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Crypto

/// Random secrets as text, and their comparison.
package enum Secret {
    /// `prefix` and `count` random bytes in base64url without padding.
    package static func random(prefix: String, bytes count: Int = 32) -> String {
        var generator = SystemRandomNumberGenerator()
        return prefix + base64URL((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// A short unique name: `prefix` and 16 random characters.
    package static func identifier(prefix: String) -> String {
        let alphabet = Array("0123456789abcdefghijkmnpqrstuvwx".utf8)
        var generator = SystemRandomNumberGenerator()
        return prefix
            + String(
                decoding: (0..<16).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] },
                as: UTF8.self)
    }

    /// The SHA-256 digest of `text`; what is stored instead of a secret with 256 bits of entropy.
    package static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Whether both are equal, in a time that does not depend on where they differ.
    package static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
