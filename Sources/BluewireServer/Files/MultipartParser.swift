//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A part of a multipart body.
struct MultipartPart: Hashable, Sendable {
    /// The field's name.
    var name: String?
    /// The file's name; nil for a field that is no file.
    var fileName: String?
    /// Its media type.
    var contentType: String?
}

/// Reads `multipart/form-data` piece by piece; holds no more than one piece and a few headers.
struct MultipartParser {
    /// The most parts of a body.
    static let mostParts = 10
    /// The longest headers of a part, in bytes.
    static let longestHeaders = 8192
    /// The longest text before the first part, in bytes.
    static let longestPreamble = 8192

    /// What was read.
    enum Event: Hashable {
        /// A part begins.
        case part(MultipartPart)
        /// Some of its bytes.
        case data(ByteBuffer)
        /// It ends.
        case partEnd
        /// The body ends; what follows does not matter.
        case end
    }

    /// Why a body cannot be read.
    enum Failure: Error, Hashable {
        case noBoundary, headersTooLong, badHeaders, tooManyParts, malformed
    }

    private enum State { case preamble, delimiter, headers, body, end }

    private var state = State.preamble
    private var buffer = ByteBuffer()
    private let delimiter: [UInt8]
    private var partCount = 0
    private var skipped = 0

    /// A parser for a body of that content type.
    init(contentType: String) throws(Failure) {
        guard let boundary = HeaderParameters(contentType)["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw .noBoundary
        }
        delimiter = Array("\r\n--".utf8) + Array(boundary.utf8)
        // The first delimiter may stand at the very start, without a line before it.
        buffer.writeString("\r\n")
    }

    /// Whether the body has come to its end.
    var isAtEnd: Bool { state == .end }

    /// Takes the next piece of the body.
    mutating func append(_ bytes: ByteBuffer) {
        guard state != .end else { return }
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// What comes next; nil when more bytes are needed.
    mutating func next() throws(Failure) -> Event? {
        switch state {
        case .preamble: return try skipPreamble()
        case .delimiter: return try readDelimiter()
        case .headers: return try readHeaders()
        case .body: return readBody()
        case .end: return nil
        }
    }

    private mutating func skipPreamble() throws(Failure) -> Event? {
        let (count, isFound) = bytesBeforeDelimiter()
        skipped += count
        guard skipped <= Self.longestPreamble else { throw .malformed }
        buffer.moveReaderIndex(forwardBy: count)
        guard isFound else { return nil }
        buffer.moveReaderIndex(forwardBy: delimiter.count)
        state = .delimiter
        return try readDelimiter()
    }

    /// What follows a boundary: two dashes end the body, a line end begins a part.
    private mutating func readDelimiter() throws(Failure) -> Event? {
        let view = buffer.readableBytesView
        guard view.count >= 2 else { return nil }
        if view.starts(with: [0x2D, 0x2D]) {
            state = .end
            buffer.clear()
            return .end
        }
        let padding = view.prefix { $0 == 0x20 || $0 == 0x09 }.count
        guard padding <= 64 else { throw .malformed }
        guard view.count >= padding + 2 else { return nil }
        guard view.dropFirst(padding).starts(with: [0x0D, 0x0A]) else { throw .malformed }
        // The line end stays: headers may be missing, and then two of them follow each other.
        buffer.moveReaderIndex(forwardBy: padding)
        partCount += 1
        guard partCount <= Self.mostParts else { throw .tooManyParts }
        state = .headers
        return try readHeaders()
    }

    private mutating func readHeaders() throws(Failure) -> Event? {
        let view = buffer.readableBytesView
        guard let end = view.prefix(Self.longestHeaders + 4).firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A]) else {
            guard view.count <= Self.longestHeaders else { throw .headersTooLong }
            return nil
        }
        guard let text = String(validating: view[view.startIndex..<end.lowerBound], as: UTF8.self) else {
            throw .badHeaders
        }
        buffer.moveReaderIndex(forwardBy: end.upperBound - view.startIndex)
        state = .body
        return .part(try Self.part(text))
    }

    private mutating func readBody() -> Event? {
        let (count, isFound) = bytesBeforeDelimiter()
        if count > 0 { return buffer.readSlice(length: count).map(Event.data) }
        guard isFound else { return nil }
        buffer.moveReaderIndex(forwardBy: delimiter.count)
        state = .delimiter
        return .partEnd
    }

    /// How many bytes certainly lie before the next delimiter, and whether it follows them.
    private func bytesBeforeDelimiter() -> (count: Int, isFound: Bool) {
        buffer.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return (0, false) }
            var start = 0
            while start < bytes.count, let found = memchr(base + start, 0x0D, bytes.count - start) {
                let position = UnsafeRawPointer(found) - base
                let count = min(delimiter.count, bytes.count - position)
                if memcmp(found, delimiter, count) == 0 { return (position, count == delimiter.count) }
                start = position + 1
            }
            return (bytes.count, false)
        }
    }

    private static func part(_ text: String) throws(Failure) -> MultipartPart {
        var part = MultipartPart()
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { throw .badHeaders }
            let value = String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
            switch line[..<colon].lowercased() {
            case "content-disposition":
                let parameters = HeaderParameters(value)
                part.name = parameters["name"]
                part.fileName = parameters.fileName
            case "content-type": part.contentType = value
            default: continue
            }
        }
        return part
    }
}
