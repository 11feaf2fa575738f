//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireTesting
import Foundation
import NIOSSL
import Testing

@testable import BluewireServer

struct CertificateTests {
    private static let now = Timestamp(seconds: 1_768_478_400)

    private func make(_ names: [String] = ["gw.example"], _ addresses: [String] = ["127.0.0.1", "::1"]) throws
        -> SelfSignedCertificate
    {
        try SelfSignedCertificate(names: names, addresses: addresses, now: Self.now)
    }

    /// A folder with a pair of files.
    private func store(_ certificate: String, _ key: String, in folder: TemporaryFolder, at minute: Double = 0) throws
        -> TLSFiles
    {
        let files = TLSFiles(
            certificate: folder.path + "/certificate.pem", key: folder.path + "/key.pem")
        try Data(key.utf8).write(to: URL(filePath: files.key))
        try Data(certificate.utf8).write(to: URL(filePath: files.certificate))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.key)
        // File systems count time in steps longer than this test takes.
        for path in [files.key, files.certificate] {
            let date = Date(timeIntervalSince1970: 1_768_478_400 + minute * 60)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        return files
    }

    @Test func anotherParserReadsWhatWasWritten() throws {
        let made = try make()
        let certificate = try NIOSSLCertificate(bytes: Array(made.certificate.utf8), format: .pem)
        #expect(certificate._subjectAlternativeNames().count == 3)
        #expect(certificate.notValidBefore == Int(Self.now.seconds) - 3600)
        #expect(certificate.notValidAfter == Int(Self.now.seconds) - 3600 + 397 * 86_400)
        #expect(CertificatePin.of(certificate) == made.pin)
        #expect(CertificatePin.isPlausible(made.pin))
        _ = try NIOSSLPrivateKey(bytes: Array(made.key.utf8), format: .pem)
    }

    @Test func everyCertificateIsAnother() throws {
        #expect(Set(try (0..<8).map { _ in try make().pin }).count == 8)
    }

    @Test(
        arguments: [
            ([0x80], [0x02, 0x02, 0x00, 0x80]), ([0x7F], [0x02, 0x01, 0x7F]), ([], [0x02, 0x01, 0x00]),
            ([0, 0, 1], [0x02, 0x01, 0x01]), ([0, 0], [0x02, 0x01, 0x00]),
        ] as [([UInt8], [UInt8])])
    func numbersAreShortestAndNeverNegative(_ magnitude: [UInt8], _ encoded: [UInt8]) {
        var writer = DERWriter()
        writer.integer(magnitude)
        #expect(writer.bytes == encoded)
    }

    @Test(arguments: [(0, [0]), (127, [127]), (128, [0x81, 128]), (255, [0x81, 255]), (256, [0x82, 1, 0])])
    func lengthsAreShortest(_ count: Int, _ length: [Int]) {
        var writer = DERWriter()
        writer.octetString([UInt8](repeating: 7, count: count))
        #expect(Array(writer.bytes.dropLast(count)) == [0x04] + length.map { UInt8($0) })
    }

    @Test func identifiersAreBaseHundredTwentyEight() {
        var writer = DERWriter()
        writer.identifier([1, 2, 840, 10_045, 4, 3, 2])
        #expect(writer.bytes == [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])
    }

    @Test(
        arguments: [
            (0, "700101000000Z", 0x17), (951_782_399, "000228235959Z", 0x17), (951_782_400, "000229000000Z", 0x17),
            (1_767_225_599, "251231235959Z", 0x17), (2_524_607_999, "491231235959Z", 0x17),
            (2_524_608_000, "20500101000000Z", 0x18), (4_107_542_400, "21000301000000Z", 0x18),
            (-1, "691231235959Z", 0x17),
        ] as [(Int64, String, UInt8)])
    func timesAreWrittenAsTheirCentury(_ seconds: Int64, _ text: String, _ tag: UInt8) {
        var writer = DERWriter()
        writer.time(CalendarTime(secondsSince1970: seconds))
        #expect(writer.bytes == [tag, UInt8(text.utf8.count)] + Array(text.utf8))
    }

    @Test func aRenewedPairIsTakenOverAndHalfOfOneIsNot() throws {
        let folder = try TemporaryFolder()
        let (old, new) = (try make(), try make())
        let files = try store(old.certificate, old.key, in: folder)
        let identity = try ServerIdentity(files)
        #expect(identity.pin == old.pin)
        #expect(identity.refresh() == .unchanged)
        _ = try store(old.certificate, new.key, in: folder, at: 1)
        #expect(identity.refresh() == .unusable)
        #expect(identity.pin == old.pin)
        _ = try store(new.certificate, new.key, in: folder, at: 2)
        #expect(identity.refresh() == .replaced)
        #expect(identity.pin == new.pin)
        #expect(identity.refresh() == .unchanged)
    }

    @Test func whatCannotBeUsedIsNamedWithARemedy() throws {
        let folder = try TemporaryFolder()
        let (one, other) = (try make(), try make())
        let bad: [(String, (TLSFiles) throws -> Void)] = [
            ("certificate.pem", { try FileManager.default.removeItem(atPath: $0.certificate) }),
            ("certificate.pem", { try Data("nothing".utf8).write(to: URL(filePath: $0.certificate)) }),
            ("key.pem", { try FileManager.default.removeItem(atPath: $0.key) }),
            ("key.pem", { try Data("nothing".utf8).write(to: URL(filePath: $0.key)) }),
            ("key.pem", { try Data(other.key.utf8).write(to: URL(filePath: $0.key)) }),
            (
                "key.pem",
                { try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: $0.key) }
            ),
        ]
        for (name, spoil) in bad {
            let files = try store(one.certificate, one.key, in: folder)
            try spoil(files)
            let error = #expect(throws: ServerError.self) { try ServerIdentity(files) }
            #expect(error?.code == .certificate)
            #expect(error?.message.contains(name) == true)
            #expect(error?.remedy.isEmpty == false)
        }
        let pair = try store(one.certificate, one.key, in: folder)
        let files = TLSFiles(certificate: pair.certificate, key: pair.key, clientAuthority: folder.path + "/ca.pem")
        let error = #expect(throws: ServerError.self) { try ServerIdentity(files) }
        #expect(error?.message.contains("ca.pem") == true)
    }
}
