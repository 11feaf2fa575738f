//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Full Foundation: file handles.
import Foundation

/// Tar archives (POSIX ustar) with plain files in one folder: nothing that `tar xf` could not read.
enum TarArchive {
    static let blockSize = 512
    /// The largest file the header can tell the size of.
    static let largestFile: Int64 = 0o77_777_777_777
    static let chunkSize = 1 << 20

    /// The header of a private file.
    static func header(name: String, size: Int64, seconds: Int64) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: blockSize)
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ value: Int64, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(name, at: 0)
        put(octal(0o600, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(max(0, seconds), digits: 11), at: 136)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(Int64(checksum(block)), digits: 6), at: 148)
        block[155] = UInt8(ascii: " ")
        return block
    }

    /// The bytes that fill up the last block of a file.
    static func padding(after size: Int64) -> [UInt8] {
        [UInt8](repeating: 0, count: Int((Int64(blockSize) - size % Int64(blockSize)) % Int64(blockSize)))
    }

    /// What ends an archive.
    static let end = [UInt8](repeating: 0, count: 2 * blockSize)

    /// The name and size in a header; nil for the end of the archive.
    ///
    /// - Throws: ``GatewayError`` when it is no header of a plain file.
    static func entry(in block: [UInt8]) throws(GatewayError) -> (name: String, size: Int64)? {
        if block.allSatisfy({ $0 == 0 }) { return nil }
        func text(_ range: Range<Int>) -> String {
            String(decoding: block[range].prefix { $0 != 0 && $0 != 0x20 }, as: UTF8.self)
        }
        guard
            block.count == blockSize, text(257..<262) == "ustar",
            Int64(text(148..<155), radix: 8) == Int64(checksum(block)),
            block[156] == UInt8(ascii: "0") || block[156] == 0, block[345] == 0,
            let size = Int64(text(124..<136), radix: 8), size >= 0
        else { throw notABackup }
        return (text(0..<100), size)
    }

    static let notABackup = GatewayError(
        .badData, message: "The file is not a backup of Bluewire, or it is damaged.",
        remedy: "Use a file that `bluewire backup` made, or another copy of it.")

    /// The sum over the header with its own field as spaces.
    private static func checksum(_ block: [UInt8]) -> Int {
        block.indices.reduce(0) { $0 + Int((148..<156).contains($1) ? 0x20 : block[$1]) }
    }
}

/// Reads an archive from its beginning to its end.
struct TarReader: ~Copyable {
    private let file: FileHandle

    init(path: String) throws(GatewayError) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw GatewayError(
                .missingInput, message: "The backup \(path) cannot be read.",
                remedy: "Check the path, and that you may read the file.")
        }
        self.file = file
    }

    deinit { try? file.close() }

    /// The next file; its bytes must be read before the next call.
    func next() throws(GatewayError) -> (name: String, size: Int64)? {
        let block = try read(TarArchive.blockSize)
        return try TarArchive.entry(in: block)
    }

    /// The bytes of the entry, in pieces.
    func content(size: Int64, _ body: ([UInt8]) throws -> Void) throws {
        var left = size
        while left > 0 {
            let piece = try read(Int(min(left, Int64(TarArchive.chunkSize))))
            try body(piece)
            left -= Int64(piece.count)
        }
        guard try read(TarArchive.padding(after: size).count).allSatisfy({ $0 == 0 }) else {
            throw TarArchive.notABackup
        }
    }

    private func read(_ count: Int) throws(GatewayError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let data = try? file.read(upToCount: count - bytes.count), !data.isEmpty else {
                throw TarArchive.notABackup
            }
            bytes.append(contentsOf: data)
        }
        return bytes
    }
}
