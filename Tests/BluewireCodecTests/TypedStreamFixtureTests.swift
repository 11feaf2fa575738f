//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import BluewireModel
import BluewireTesting
import Testing

/// The captured bodies and Foundation objects, by their path below the fixtures.
enum Fixtures {
    static let folder = "fixtures/typedstream"

    static let bodies: [String] = (try? SharedData.files(in: folder))?.filter { !$0.contains(".") } ?? []

    static let archives: [String] =
        bodies + ((try? SharedData.files(in: folder + "/foundation")) ?? []).map { "foundation/" + $0 }

    static func bytes(_ name: String) throws -> [UInt8] { try SharedData.bytes(of: "\(folder)/\(name)") }
}

@Suite(.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)"))
struct TypedStreamFixtureTests {
    @Test func fixturesAreThere() throws {
        _ = try SharedData.require(Fixtures.folder)
        #expect(Fixtures.bodies.count == 20)
        #expect(Fixtures.archives.count == 33)
    }

    @Test(arguments: Fixtures.archives)
    func writerReproducesEveryByte(_ name: String) throws {
        let bytes = try Fixtures.bytes(name)
        let archive = try TypedStreamReader.read(bytes)
        #expect(TypedStreamWriter.write(archive) == bytes)
    }

    @Test(arguments: Fixtures.bodies)
    func parserAgreesWithGraph(_ name: String) throws {
        let bytes = try Fixtures.bytes(name)
        #expect(try BodyDecoder.strict(bytes) == BodyDecoder.strictFromGraph(bytes))
    }

    @Test(arguments: Fixtures.archives)
    func everyTruncationDecodesOrThrows(_ name: String) throws {
        let bytes = try Fixtures.bytes(name)
        var decoder = BodyDecoder()
        for length in 0..<bytes.count {
            let prefix = Array(bytes[..<length])
            let fast = Result { try BodyDecoder.strict(prefix) }
            let slow = Result { try BodyDecoder.strictFromGraph(prefix) }
            #expect((try? fast.get()) == (try? slow.get()))
            // A shortened archive is never whole: the last byte closes the root.
            #expect((try? slow.get()) == nil)
            _ = decoder.decode(attributedBody: prefix, text: nil)
        }
    }

    @Test(arguments: Fixtures.archives)
    func mutationsDecodeAlikeOrThrow(_ name: String) throws {
        let bytes = try Fixtures.bytes(name)
        var random = SeededGenerator(seed: 0xB10E)
        var decoder = BodyDecoder()
        for _ in 0..<Mutations.count {
            let mutated = Mutations.mutate(bytes, using: &random)
            let fast = try? BodyDecoder.strict(mutated)
            let slow = try? BodyDecoder.strictFromGraph(mutated)
            let isWide = mutated.starts(with: [0xFF, 0xFE])
            #expect(fast == slow || isWide, "\(mutated)")
            let body = decoder.decode(attributedBody: mutated, text: nil)
            #expect(body.string.utf8.count <= mutated.count * 3)
        }
    }
}
