//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// The last resort for damaged archives: finds the text without understanding the rest.
enum BodySalvage {
    /// The text after the first `01 2b` with its length head; the result is marked degraded.
    static func body(_ bytes: LentBytes) -> MessageBody {
        var position = 0
        while position + 2 < bytes.count, bytes[position] != 0x01 || bytes[position + 1] != 0x2B { position += 1 }
        position += 2
        guard position < bytes.count else { return MessageBody(string: "", isDegraded: true) }
        var length = Int(bytes[position])
        position += 1
        if length == 0x81 || length == 0x82 {
            let width = length == 0x81 ? 2 : 4
            guard width <= bytes.count - position else { return MessageBody(string: "", isDegraded: true) }
            length = 0
            for index in 0..<width { length |= Int(bytes[position + index]) << (8 * index) }
            position += width
        }
        if length > bytes.count - position { length = endMarker(bytes, from: position) - position }
        var body = MessageBody(text: bytes.repairedText(position, length))
        body.isDegraded = true
        return body
    }

    /// Plain UTF-16 text behind a byte-order mark, as a few old rows have it.
    static func wideText(_ bytes: LentBytes) -> MessageBody {
        var units: [UInt16] = []
        var position = 2
        while position + 1 < bytes.count {
            units.append(UInt16(bytes[position]) | UInt16(bytes[position + 1]) << 8)
            position += 2
        }
        return MessageBody(text: String(decoding: units, as: UTF16.self))
    }

    private static func endMarker(_ bytes: LentBytes, from start: Int) -> Int {
        var position = start
        while position + 1 < bytes.count {
            if bytes[position] == 0x86, bytes[position + 1] == 0x84 { return position }
            position += 1
        }
        return bytes.count
    }
}
