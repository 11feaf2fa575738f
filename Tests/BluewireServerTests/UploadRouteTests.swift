//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTransport
import BluewireWire
import Foundation
import HTTPTypes
import Testing

@testable import BluewireServer

@Suite struct UploadRouteTests {
    // sha256sum of 0123456789
    private static let digest = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
    private static let digits = Array("0123456789".utf8)

    private static let form = Array(
        [
            "--b", "Content-Disposition: form-data; name=\"file\"; filename=\"../a.txt\"", "Content-Type: text/plain",
            "",
            "0123456789", "--b--", "",
        ].joined(separator: "\r\n").utf8)

    private func files(_ fixture: Fixture) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: fixture.folder.appending(path: "uploads").path)) ?? []
    }

    @Test(
        arguments: [
            ("/v1/uploads?name=a.txt", "text/plain", nil, digits),
            ("/v1/uploads", "text/plain", "attachment; filename=a.txt", digits),
            ("/v1/uploads?name=a.txt", "application/x-ndjson", nil, digits),
            ("/v1/uploads", "multipart/form-data; boundary=b", nil, form),
        ] as [(String, String, String?, [UInt8])])
    func aFileInOneRequestIsWholeAtOnce(
        _ path: String, _ type: String, _ disposition: String?, _ body: [UInt8]
    ) async throws {
        let fixture = try Fixture()
        var headers: HTTPFields = [.contentType: type]
        if let disposition { headers[.disposition] = disposition }
        let token = try await fixture.token()
        let answer = try await fixture.call(.post, path, token: token, headers: headers, body: body)
        #expect(answer.status == 201)
        let upload: NativeUpload = try answer.decode()
        #expect(upload.name == "a.txt")
        #expect(upload.bytes == 10)
        #expect(upload.received == 10)
        #expect(upload.sha256 == Self.digest)
        #expect(upload.isComplete)
        #expect(upload.mimeType == (type.hasPrefix("multipart") ? "text/plain" : type))
        let again = try await fixture.call(.get, "/v1/uploads/\(upload.id)", token: token)
        expectEqual(try again.decode(NativeUpload.self), upload)
        expectEqual(
            try await fixture.call(.get, "/v1/uploads/\(upload.id)", token: try await fixture.token()).status, 404)
        expectEqual(try await fixture.call(.delete, "/v1/uploads/\(upload.id)", token: token).status, 204)
        #expect(files(fixture).isEmpty)
    }

    @Test
    func piecesGoOnWhereTheFileEndsAndNowhereElse() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let begun: NativeUpload = try await fixture.call(
            .post, "/v1/uploads", token: token, json: #"{"name":"a.bin","bytes":10}"#
        ).decode()
        #expect(!begun.isComplete)
        func send(_ text: String, at offset: String?) async throws -> Answer {
            var headers: HTTPFields = [:]
            if let offset { headers[.uploadOffset] = offset }
            return try await fixture.call(
                .patch, "/v1/uploads/\(begun.id)", token: token, headers: headers, body: Array(text.utf8))
        }
        expectEqual(try await send("0123", at: "0").status, 200)
        expectEqual(try await send("", at: "4").status, 400)
        let wrong = try await send("xxxx", at: "2")
        #expect(wrong.status == 409)
        expectEqual(try wrong.decode(NativeProblem.self).received, 4)
        expectEqual(try await send("4567890", at: "4").status, 422)
        for bad in [nil, "", "-1", "x", "04", "+4", "4444444444444444"] {
            expectEqual(try await send("x", at: bad).status, 400)
        }
        let early = try await fixture.call(
            .post, "/v1/messages", token: token, json: "{\"chat\":\"ch_a\",\"attachments\":[\"\(begun.id)\"]}")
        #expect(early.status == 409)
        expectEqual(try early.decode(NativeProblem.self).received, 4)
        let last = try await send("456789", at: "4")
        expectEqual(try last.decode(NativeUpload.self).sha256, Self.digest)
        expectEqual(try await send("x", at: "10").status, 409)
    }

    @Test(arguments: [
        (#"{"name":"a"}"#, 400), (#"{"name":"a","bytes":0}"#, 422), (#"{"name":"a","bytes":101}"#, 413),
        (#"{"name":"a","bytes":5,"path":"/etc"}"#, 400), ("{", 400),
    ])
    func whatCannotBeUploadedIsRefusedAtTheStart(_ body: String, _ status: Int) async throws {
        let fixture = try Fixture(limits: Self.small)
        let answer = try await fixture.call(.post, "/v1/uploads", token: try await fixture.token(), json: body)
        #expect(answer.status == status)
        #expect(files(fixture).isEmpty)
    }

    private static var small: UploadStore.Limits {
        var limits = UploadStore.Limits()
        limits.fileBytes = 100
        return limits
    }

    @Test(arguments: [
        ("application/octet-stream", .filled(101), 413), ("application/octet-stream", "", 422),
        ("multipart/form-data; boundary=b", "--b\r\n\r\n0\r\n--b--", 422),
        ("multipart/form-data; boundary=b", Body(Array(form.dropLast(5))), 400),
        ("multipart/form-data", Body(form), 400),
        ("multipart/form-data; boundary=b", Body(Array(form.dropLast(7)) + form), 422),
    ])
    func refusedFilesLeaveNothingBehind(_ type: String, _ body: Body, _ status: Int) async throws {
        let fixture = try Fixture(limits: Self.small)
        let answer = try await fixture.call(
            .post, "/v1/uploads", token: try await fixture.token(), headers: [.contentType: type], body: body.bytes)
        #expect(answer.status == status)
        #expect(files(fixture).isEmpty)
    }

    @Test
    func aBodyOverOneMegabyteIsTakenByUploadsAlone() async throws {
        let fixture = try Fixture()
        let body = [UInt8](repeating: 7, count: 1_500_000)
        let token = try await fixture.token()
        let answer = try await fixture.call(.post, "/v1/uploads", token: token, body: body)
        #expect(answer.status == 201)
        expectEqual(try answer.decode(NativeUpload.self).received, 1_500_000)
        expectEqual(try await fixture.call(.post, "/v1/messages", token: token, body: body).status, 413)
        expectEqual(
            try await fixture.call(
                .post, "/v1/uploads", token: token, headers: [.contentType: "application/json"], body: body
            ).status, 413)
    }

    @Test
    func anUploadIsSentUnderItsNameByWhoUploadedIt() async throws {
        let fixture = try Fixture()
        let token = try await fixture.token()
        let upload: NativeUpload = try await fixture.call(
            .post, "/v1/uploads?name=a.txt", token: token, body: Self.digits
        ).decode()
        let body = "{\"chat\":\"ch_a\",\"attachments\":[\"\(upload.id)\"]}"
        let other = try await fixture.call(.post, "/v1/messages", token: try await fixture.token(), json: body)
        #expect(other.status == 404)
        // The outbox of these tests wants a text as well.
        let sent = try await fixture.call(
            .post, "/v1/messages", token: token, json: body.replacing("}", with: ",\"text\":\"look\"}"))
        #expect(sent.status == 202)
        expectEqual(try sent.decode(NativeSend.self).action.files, ["a.txt"])
        let request = try #require(fixture.outbox.requests.first)
        #expect(request.fileIdentities == ["\(Self.digest) a.txt"])
        guard case .message(let draft) = request.action else {
            Issue.record("no message")
            return
        }
        expectEqual(draft.files.map { FileManager.default.contents(atPath: $0) }, [Data(Self.digits)])
        expectEqual(try await UploadRepository(fixture.state).uses(of: upload.id).count, 1)
    }
}
