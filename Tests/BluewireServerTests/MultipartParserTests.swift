//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Foundation
import NIOCore
import Testing

@testable import BluewireServer

@Suite struct MultipartParserTests {
    private static let body = [
        "preamble", "--b0", "Content-Disposition: form-data; name=\"title\"", "", "hello", "--b0 \t",
        "Content-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".bin\"", "content-type: image/png", "",
        "one\r\n--b\r\n\r\r\n--b1\rtwo\r\n", "--b0", "", "bare", "--b0--", "epilogue --b0",
    ].joined(separator: "\r\n")

    private struct Part: Hashable {
        var head: MultipartPart
        var bytes: String = ""
    }

    private func parse(
        _ body: String, chunks size: Int, boundary: String = "b0"
    ) throws(MultipartParser.Failure) -> (parts: [Part], isAtEnd: Bool) {
        var parser = try MultipartParser(contentType: "multipart/form-data; boundary=\(boundary)")
        var parts: [Part] = []
        var rest = Array(body.utf8)[...]
        while !rest.isEmpty {
            parser.append(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
            while let event = try parser.next() {
                switch event {
                case .part(let head): parts.append(Part(head: head))
                case .data(let bytes): parts[parts.count - 1].bytes += String(buffer: bytes)
                case .partEnd, .end: break
                }
            }
        }
        return (parts, parser.isAtEnd)
    }

    @Test(arguments: 1...60)
    func formsAreReadHoweverTheyAreCut(_ size: Int) throws {
        let (parts, isAtEnd) = try parse(Self.body, chunks: size)
        #expect(isAtEnd)
        #expect(
            parts == [
                Part(head: MultipartPart(name: "title"), bytes: "hello"),
                Part(
                    head: MultipartPart(name: "file", fileName: "a \"b\".bin", contentType: "image/png"),
                    bytes: "one\r\n--b\r\n\r\r\n--b1\rtwo\r\n"),
                Part(head: MultipartPart(), bytes: "bare"),
            ])
    }

    @Test func everyTruncationIsNoticed() throws {
        let whole = Self.body.components(separatedBy: "--b0--")[0] + "--b0--"
        for length in 0..<whole.count {
            let (_, isAtEnd) = try parse(String(whole.prefix(length)), chunks: 7)
            #expect(!isAtEnd, "\(length)")
        }
    }

    @Test(arguments: [
        (String(repeating: "x", count: 9000), MultipartParser.Failure.malformed), ("--b0x\r\n\r\n", .malformed),
        ("--b0\r\nX: " + String(repeating: "y", count: 9000), .headersTooLong),
        ("--b0\r\nno colon\r\n\r\n", .badHeaders),
        (String(repeating: "--b0\r\n\r\n\r\n", count: 11), .tooManyParts),
    ])
    func badFormsAreRefused(_ body: String, _ failure: MultipartParser.Failure) {
        #expect(throws: failure) { try parse(body, chunks: 100) }
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\(String(repeating: "b", count: 71))\"",
    ])
    func aFormNeedsABoundary(_ type: String) {
        #expect(throws: MultipartParser.Failure.noBoundary) { try MultipartParser(contentType: type) }
    }

    @Test(
        arguments: [
            ("form-data; name=\"file\"; filename=\"a.png\"", "a.png"), ("attachment; filename=a.png", "a.png"),
            ("attachment; filename=\"a.png\"; filename*=UTF-8''%C3%A4.png", "ä.png"), ("attachment", nil),
            ("form-data; filename=\"a;b.png\"; name=x", "a;b.png"),
            ("form-data; FileName=\"C:\\\\dir\\\\a.png\"", "C:\\dir\\a.png"),
            ("attachment; filename*=latin1''x; filename=y", "y"), (";;; = ; filename = z ", "z"),
            ("form-data; filename=\"open", "open"),
        ] as [(String, String?)])
    func namesAreFoundInHeaders(_ header: String, _ name: String?) {
        #expect(HeaderParameters(header).fileName == name)
    }
}
