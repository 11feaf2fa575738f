//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// Decodes message bodies; one value reused for many bodies keeps its tables.
///
/// ```swift
/// var decoder = BodyDecoder()
/// let body = decoder.decode(attributedBody: blob, text: column)
/// ```
package struct BodyDecoder: Sendable {
    private var parser = BodyParser()

    /// A decoder with empty tables.
    package init() {}

    /// Decodes a body: strictly, else from the text column, else by salvage, else empty.
    ///
    /// - Parameters:
    ///   - attributedBody: the archive, or nil when the column is NULL.
    ///   - text: the text column.
    ///   - unsentParts: part indexes that were taken back; those no run carries appear as unsent parts.
    ///   - originalRanges: where those parts stood in the string as first sent.
    package mutating func decode(
        attributedBody: [UInt8]?, text: String?, unsentParts: [Int] = [], originalRanges: [Int: UTF16Range] = [:]
    ) -> MessageBody {
        var body: MessageBody
        if let attributedBody, !attributedBody.isEmpty {
            body = LentBytes.lending(attributedBody) { Self.decode($0, text: text, parser: &parser) }
        } else {
            body = MessageBody(text: text ?? "")
        }
        BodyAssembler.insertUnsent(unsentParts, ranges: originalRanges, into: &body)
        return body
    }

    /// Decodes a body from memory the caller keeps alive during the call, for example a column of a statement.
    package mutating func decode(
        attributedBody: UnsafeRawBufferPointer, text: String?, unsentParts: [Int] = [],
        originalRanges: [Int: UTF16Range] = [:]
    ) -> MessageBody {
        // The caller promises the lifetime; the view does not outlive this call.
        let bytes = unsafe LentBytes(attributedBody)
        var body = Self.decode(bytes, text: text, parser: &parser)
        BodyAssembler.insertUnsent(unsentParts, ranges: originalRanges, into: &body)
        return body
    }

    /// Only the text with its placeholders, by the same precedence, without building parts; nil when there is none.
    package mutating func text(attributedBody: [UInt8]?, text: String?) -> String? {
        guard let attributedBody, !attributedBody.isEmpty else { return text }
        return LentBytes.lending(attributedBody) { bytes in
            do throws(BodyParser.Unusual) {
                try parser.parse(bytes)
                if let string = bytes.text(parser.textOffset, parser.textLength) { return string }
            } catch {
                // The general reader decides below.
            }
            let body = Self.decode(bytes, text: text, parser: &parser)
            return body.string.isEmpty ? text : body.string
        }
    }

    /// Decodes an archive strictly.
    ///
    /// - Throws: ``TypedStreamError`` for anything Apple's reader would refuse, and for roots that are no bodies.
    package static func strict(_ bytes: [UInt8]) throws(TypedStreamError) -> MessageBody {
        var parser = BodyParser()
        return try LentBytes.lending(bytes) { (lent) throws(TypedStreamError) in try strict(lent, parser: &parser) }
    }

    /// Decodes an archive strictly by way of the whole graph; the reference for ``strict(_:)``.
    package static func strictFromGraph(_ bytes: [UInt8]) throws(TypedStreamError) -> MessageBody {
        try BodyGraph(archive: TypedStreamReader.read(bytes)).body()
    }

    private static func decode(_ bytes: LentBytes, text: String?, parser: inout BodyParser) -> MessageBody {
        do throws(TypedStreamError) {
            return try strict(bytes, parser: &parser)
        } catch {
            if let text, !text.isEmpty { return MessageBody(text: text) }
            return BodySalvage.body(bytes)
        }
    }

    @inline(__always)
    private static func strict(
        _ bytes: LentBytes, parser: inout BodyParser
    ) throws(TypedStreamError) -> MessageBody {
        if let body = fast(bytes, parser: &parser) { return body }
        if bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == 0xFE { return BodySalvage.wideText(bytes) }
        return try BodyGraph(archive: TypedStreamReader.read(bytes)).body()
    }

    @inline(__always)
    private static func fast(_ bytes: LentBytes, parser: inout BodyParser) -> MessageBody? {
        do throws(BodyParser.Unusual) {
            try parser.parse(bytes)
        } catch {
            return nil
        }
        guard let string = bytes.text(parser.textOffset, parser.textLength) else { return nil }
        return BodyAssembler.body(
            bytes, parser.textOffset, parser.textLength, string: string, runs: parser.runs, sets: parser.sets)
    }
}
