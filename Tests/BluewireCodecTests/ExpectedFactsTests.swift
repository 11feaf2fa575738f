//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import BluewireTesting
import Foundation
import Testing

@Suite(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
struct ExpectedFactsTests {
    /// Facts about the file rather than its contents; `effect` is another spelling of `effectType`.
    private static let notDecoded: Set<String> = ["origin", "sha256", "note", "effect"]
    /// Read through the store, in its own tests.
    private static let databases: Set<String> = ["db/test.db"]

    static let archives = names("fixtures/typedstream/expected.json")
    static let payloads = names("fixtures/payloads/expected.json").filter { !databases.contains($0) }

    /// A file nobody looks at fails here, on whichever side it is missing.
    @Test(arguments: ["typedstream", "payloads"])
    func everyFileIsCovered(_ folder: String) throws {
        let root = try SharedData.require("fixtures/\(folder)").path
        let found = try FileManager.default.subpathsOfDirectory(atPath: root).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue && !["README.md", "expected.json"].contains(name)
        }
        let covered = folder == "payloads" ? Set(Self.payloads).union(Self.databases) : Set(Self.archives)
        #expect(Set(found) == covered)
        #expect(Set(Fixtures.archives) == Set(Self.archives))
    }

    private static func expected(_ path: String) throws -> [String: JSONValue] {
        guard case .object(let files)? = JSONValue(try SharedData.bytes(of: path))?["files"] else { return [:] }
        return files
    }

    private static func names(_ path: String) -> [String] { ((try? expected(path)) ?? [:]).keys.sorted() }

    @Test(arguments: archives)
    func archiveHasTheExpectedFacts(_ name: String) throws {
        let expected = try Self.expected("fixtures/typedstream/expected.json")[name]
        let found = try BlobReport.archive(SharedData.bytes(of: "fixtures/typedstream/\(name)"))
        #expect(Self.normal(found) == expected.map(Self.normal))
    }

    @Test(arguments: payloads)
    func payloadHasTheExpectedFacts(_ name: String) throws {
        let expected = try Self.expected("fixtures/payloads/expected.json")[name]
        let bytes = try SharedData.bytes(of: "fixtures/payloads/\(name)")
        let found =
            switch name.split(separator: ".").last {
            case "bin": BlobReport.drawing(bytes)
            case "heic": BlobReport.sticker(bytes)
            default: try BlobReport.propertyList(bytes)
            }
        #expect(found.map(Self.normal) == expected.map(Self.normal))
    }

    @Test(arguments: payloads)
    func damagedPayloadsNeverTrap(_ name: String) throws {
        let bytes = try SharedData.bytes(of: "fixtures/payloads/\(name)")
        var random = SeededGenerator(seed: 11)
        func look(_ damaged: [UInt8]) {
            _ = try? BlobReport.propertyList(damaged)
            _ = BlobReport.drawing(damaged)
            _ = BlobReport.sticker(damaged)
            _ = BalloonDecoder.decode(bundleID: nil, payload: damaged, text: nil)
            _ = try? MessageSummary(decoding: damaged)
        }
        // Of a sticker's pictures one place is like the next.
        let step = bytes.count > 1 << 14 ? 61 : 1
        for length in stride(from: 0, to: bytes.count, by: step) { look(Array(bytes[..<length])) }
        for _ in 0..<Mutations.count { look(Mutations.mutate(bytes, using: &random)) }
    }

    /// Numbers as doubles and without the facts that are not decoded.
    private static func normal(_ value: JSONValue) -> JSONValue {
        switch value {
        case .integer(let number): .number(Double(number))
        case .array(let values): .array(values.map(normal))
        case .object(let members): .object(members.filter { !notDecoded.contains($0.key) }.mapValues(normal))
        default: value
        }
    }
}
