//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Bytes lent for the duration of a call; every access is checked.
///
/// All pointer arithmetic of the module is in this file, so that the parsers above it contain none.
@safe package struct LentBytes {
    /// How many bytes there are.
    package let count: Int
    private let storage: UnsafeBufferPointer<UInt8>

    /// Lends the bytes of an array to `body`.
    @inlinable
    package static func lending<Result, Failure: Error>(
        _ bytes: [UInt8], to body: (LentBytes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The pointer is valid while `body` runs; LentBytes must not escape it.
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try body(unsafe LentBytes(buffer))
        }
    }

    /// Views a buffer that the caller keeps alive for as long as the view is used.
    @usableFromInline
    package init(_ buffer: UnsafeBufferPointer<UInt8>) {
        unsafe storage = buffer
        count = buffer.count
    }

    /// Views raw memory that the caller keeps alive for as long as the view is used.
    package init(_ buffer: UnsafeRawBufferPointer) {
        // Bytes alias anything, so binding a raw buffer to UInt8 is always valid.
        unsafe self.init(buffer.bindMemory(to: UInt8.self))
    }

    /// The byte at `offset`; outside the bytes it stops the program, so parsers check ``count`` first.
    @inline(__always)
    package subscript(offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < count, "an offset outside the lent bytes")
        return unsafe storage[offset]
    }

    /// A copy of a range; the caller has checked it.
    package func array(_ offset: Int, _ length: Int) -> [UInt8] {
        unsafe Array(part(offset, length))
    }

    /// The text of a range, or nil when it is not valid UTF-8.
    @inline(__always)
    package func text(_ offset: Int, _ length: Int) -> String? {
        unsafe String(validating: part(offset, length), as: UTF8.self)
    }

    /// The text of a range, with U+FFFD for invalid sequences.
    package func repairedText(_ offset: Int, _ length: Int) -> String {
        unsafe String(decoding: part(offset, length), as: UTF8.self)
    }

    /// Whether the bytes from `offset` on begin with `other`.
    @inline(__always)
    package func matches(_ other: StaticString, at offset: Int) -> Bool {
        let length = other.utf8CodeUnitCount
        guard offset >= 0, length <= count - offset else { return false }
        let expected = unsafe other.utf8Start
        var index = 0
        while index + 8 <= length {
            let wanted = unsafe UnsafeRawPointer(expected + index).loadUnaligned(as: UInt64.self)
            guard word(at: offset + index) == wanted else { return false }
            index += 8
        }
        while index < length {
            guard unsafe self[offset + index] == expected[index] else { return false }
            index += 1
        }
        return true
    }

    /// Whether a range equals the ASCII text `other`.
    @inline(__always)
    package func equals(_ other: StaticString, _ offset: Int, _ length: Int) -> Bool {
        length == other.utf8CodeUnitCount && matches(other, at: offset)
    }

    /// Eight bytes at once, in memory order, for scans; the caller has checked that they exist.
    @inline(__always)
    package func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count - 8, "an offset outside the lent bytes")
        return unsafe UnsafeRawPointer(storage.baseAddress.unsafelyUnwrapped + offset).loadUnaligned(as: UInt64.self)
    }

    /// The length in UTF-16 code units of a range of valid UTF-8.
    @inline(__always)
    package func utf16Length(_ offset: Int, _ length: Int) -> Int {
        var index = offset
        let end = offset + length
        while index + 8 <= end, word(at: index) & 0x8080_8080_8080_8080 == 0 { index += 8 }
        var units = index - offset
        while index < end {
            let byte = self[index]
            // Continuation bytes add nothing, leads of four-byte sequences stand for a surrogate pair.
            if byte & 0xC0 != 0x80 { units += byte >= 0xF0 ? 2 : 1 }
            index += 1
        }
        return units
    }

    /// Advances from `offset` over `units` UTF-16 code units of valid UTF-8.
    ///
    /// - Returns: nil when the text ends first or the position would split a surrogate pair.
    package func offset(_ offset: Int, advancedByUTF16 units: Int, limit: Int) -> Int? {
        var index = offset
        var left = units
        while left > 0 {
            guard index < limit else { return nil }
            let byte = self[index]
            switch byte {
            case 0..<0x80:
                index += 1
                left -= 1
            case 0xF0...:
                guard left >= 2 else { return nil }
                index += 4
                left -= 2
            case 0xE0..<0xF0:
                index += 3
                left -= 1
            default:
                index += 2
                left -= 1
            }
        }
        return index <= limit ? index : nil
    }

    @inline(__always)
    private func part(_ offset: Int, _ length: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(offset >= 0 && length >= 0 && length <= count - offset, "a range outside the lent bytes")
        return unsafe UnsafeBufferPointer(rebasing: storage[offset..<offset + length])
    }
}
