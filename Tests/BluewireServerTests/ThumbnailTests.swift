//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireWire
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import BluewireServer
@testable import BluewireStore

@Suite struct ThumbnailTests {
    /// Makes a picture that says how large it was asked for; or fails as it is told.
    private final class Maker: ThumbnailMaking {
        private let calls = Mutex<[String]>([])
        let error: ThumbnailError?

        init(error: ThumbnailError? = nil) { self.error = error }

        var asked: [String] { calls.withLock { $0 } }

        func makeThumbnail(
            of source: String, kind: PictureKind, size: Int, at target: String
        ) async throws(ThumbnailError) {
            calls.withLock { $0.append("\(kind) \(size)") }
            if let error { throw error }
            _ = FileManager.default.createFile(
                atPath: target, contents: Data([0xFF, 0xD8, 0xFF, 0xE0]) + Data("\(size)".utf8))
        }
    }

    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]

    private func fixture(_ maker: any ThumbnailMaking, content: [UInt8] = png) throws -> Fixture {
        let path = NSTemporaryDirectory() + "bluewire-picture-\(UUID().uuidString)"
        _ = FileManager.default.createFile(atPath: path, contents: Data(content))
        var attachment = BluewireModel.Attachment(guid: "at_1", name: "a.png")
        attachment.mimeType = "image/png"
        let file = AttachmentFile(
            attachment: attachment, path: path, byteCount: Int64(content.count), modifiedAt: Timestamp(seconds: 0))
        return try Fixture(attachments: ["at_1": file], maker: maker)
    }

    @Test
    func aPictureIsMadeOnceForEachSize() async throws {
        let maker = Maker()
        let fixture = try fixture(maker)
        let token = try await fixture.token()
        let path = "/v1/attachments/at_1/thumbnail"
        let first = try await fixture.call(.get, path, token: token)
        #expect(first.status == 200)
        #expect(first.headers[.contentType] == "image/jpeg")
        #expect(first.body.suffix(3) == Array("256".utf8)[...])
        for size in [64, 64, 1024] {
            expectEqual(try await fixture.call(.get, "\(path)?size=\(size)", token: token).status, 200)
        }
        #expect(maker.asked == ["png 256", "png 64", "png 1024"])
        let tag = try #require(first.headers[.eTag])
        expectEqual(try await fixture.call(.get, path, token: token, headers: [.ifNoneMatch: tag]).status, 304)
        for size in ["63", "1025", "x"] {
            expectEqual(try await fixture.call(.get, "\(path)?size=\(size)", token: token).status, 400)
        }
        expectEqual(try await fixture.call(.get, "/v1/attachments/at_2/thumbnail", token: token).status, 404)
        let elsewhere = try await fixture.token(chats: [ChatID(rawValue: "ch_b")])
        expectEqual(try await fixture.call(.get, path, token: elsewhere).status, 404)
    }

    @Test(
        arguments: [
            (ThumbnailError.noProgram(remedy: "Install it."), png), (.failed, png),
            (nil, Array("%PDF-1.7 and so on".utf8)),
            (nil, Array("<svg xmlns=".utf8)), (nil, [0x89]),
        ] as [(ThumbnailError?, [UInt8])])
    func whereNoneCanBeMadeTheReasonAndARemedyAreTold(_ error: ThumbnailError?, _ content: [UInt8]) async throws {
        let fixture = try fixture(Maker(error: error), content: content)
        let answer = try await fixture.call(
            .get, "/v1/attachments/at_1/thumbnail", token: try await fixture.token())
        #expect(answer.status == 409)
        let problem: NativeProblem = try answer.decode()
        #expect(problem.code == "unsupported")
        #expect(!problem.remedy.isEmpty)
        let left = try? FileManager.default.contentsOfDirectory(
            atPath: fixture.folder.appending(path: "thumbnails").path)
        #expect(left ?? [] == [])
    }

    @Test
    func theOldestPicturesGoWhenThereAreTooMany() async throws {
        let folder = NSTemporaryDirectory() + "bluewire-cache-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = folder + "-source"
        _ = FileManager.default.createFile(atPath: source, contents: Data(Self.png))
        defer { try? FileManager.default.removeItem(atPath: source) }
        // A picture is six or seven bytes; three of them are too many.
        let cache = ThumbnailCache(folder: folder, maker: Maker(), limit: 14)
        var paths: [String] = []
        for (index, size) in [64, 65, 128].enumerated() {
            let path = try await cache.picture(of: source, size: size)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: TimeInterval(1000 + index))], ofItemAtPath: path)
            paths.append(path)
        }
        #expect(paths.map { FileManager.default.fileExists(atPath: $0) } == [false, true, true])
    }

    @Test
    func anAttachmentIsDescribedWithoutItsFile() async throws {
        let fixture = try fixture(Maker())
        let token = try await fixture.token()
        let info = try await fixture.call(.get, "/v1/attachments/at_1/info", token: token).decode(NativeAttachment.self)
        #expect(info.name == "a.png")
        expectEqual(try await fixture.call(.get, "/v1/attachments/at_2/info", token: token).status, 404)
        let elsewhere = try await fixture.token(chats: [ChatID(rawValue: "ch_b")])
        expectEqual(try await fixture.call(.get, "/v1/attachments/at_1/info", token: elsewhere).status, 404)
    }

    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE1], PictureKind.jpeg), (png, .png), (Array("GIF89a".utf8), .gif),
            (Array("RIFF\0\0\0\0WEBP".utf8), .webp), (Array("\0\0\0\u{18}ftypheic".utf8), .heic),
            (Array("\0\0\0\u{18}ftypmp42".utf8), .video), (Array("\0\0\0\u{14}ftypqt  ".utf8), .video),
            (Array("\0\0\0\u{14}ftypM4A ".utf8), nil), (Array("II*\0".utf8), .tiff), (Array("BM".utf8), nil),
            (Array("BM".utf8) + [9, 9, 9, 9, 0, 0, 0, 0, 54, 0, 0, 0], .bmp), (Array("RIFF\0\0\0\0WAVE".utf8), nil),
            ([], nil),
            (Array("push graphic-context".utf8), nil),
        ] as [([UInt8], PictureKind?)])
    func kindsAreToldByTheFirstBytes(_ head: [UInt8], _ kind: PictureKind?) {
        #expect(PictureKind(head: head) == kind)
    }
}
