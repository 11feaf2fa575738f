//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Testing

@testable import BluewireCodec

@Suite struct QRCodeTests {
    private static func rows(_ code: QRCode) -> [String] {
        (0..<code.size).map { row in
            (0..<code.size).map { code.isDark(row: row, column: $0) ? "1" : "0" }.joined()
        }
    }

    /// The codewords of the example in annex I of the standard: "01234567" in version 1-M.
    @Test func correctionIsThatOfTheStandardsExample() {
        let data: [UInt8] = [
            0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11,
        ]
        let expected: [UInt8] = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55]
        #expect(ReedSolomon(count: 10).remainder(of: data) == expected)
    }

    /// Annexes C and D of the standard.
    @Test func formatAndVersionBitsAreThoseOfTheStandard() {
        #expect(QRSymbol.format(.checkerboard) == 0b101_0100_0001_0010)
        #expect(QRSymbol.format(.bricks) == 0b100_0101_1111_1001)
        #expect(QRSymbol.version(7) == 0x07C94)
        #expect(QRSymbol.version(13) == 0x0D847)
    }

    /// Two whole symbols, made by qrcodegen 1.8.0 with the mask that it chose.
    @Test(arguments: [
        (
            "bluewire",
            [
                0x1fd57f, 0x104541, 0x17465d, 0x175b5d, 0x17575d, 0x105141, 0x1fd57f, 0x1800,
                0x1175f9, 0xc215a, 0x1fd9a, 0x51b21, 0x1ac2cb, 0x133e, 0x1fda52, 0x1044d0,
                0x1759d2, 0x1745df, 0x174590, 0x104f00, 0x1fda69,
            ]
        ),
        (
            "https://mac.local:8787/",
            [
                0x1fccc7f, 0x1043a41, 0x175d35d, 0x175f85d, 0x175ed5d, 0x1057341, 0x1fd557f, 0x19200,
                0x17c1a7c, 0xcbb522, 0x747f6b, 0x1abf4f1, 0x1fedad7, 0x1038d2a, 0x10f737b, 0x13121b1,
                0x16fa9f4, 0x15718, 0x1fc8d57, 0x105151a, 0x1751bf7, 0x1758a5f, 0x1753d0d, 0x104a7b9,
                0x1fd303f,
            ]
        ),
    ])
    func symbolsAreThoseOfAnotherEncoder(_ text: String, _ expected: [Int]) throws {
        let code = try #require(QRCode(Array(text.utf8)))
        #expect(Self.rows(code).map { Int($0, radix: 2) } == expected)
    }

    /// The fullest symbol of every version, by FNV-1a over its modules as qrcodegen 1.8.0 makes it.
    @Test(
        arguments: [
            (1, 14, 0x8830_8480_014b_45cd),
            (2, 26, 0x080a_5425_b9b7_2871),
            (3, 42, 0x701f_914a_d563_5fa4),
            (4, 62, 0x6871_8b06_ee79_ccdf),
            (5, 84, 0x5426_6506_4ba7_e553),
            (6, 106, 0x4fb5_11e5_6d20_2f0c),
            (7, 122, 0x2b04_40a2_d88e_e511),
            (8, 152, 0x4944_baf4_1373_7c57),
            (9, 180, 0xa65b_96b1_7b0d_5a2b),
            (10, 213, 0xc92d_d42a_2860_a24d),
            (11, 251, 0x034e_3dc2_e7a7_475f),
            (12, 287, 0xc3bc_e210_47b7_8741),
            (13, 331, 0x6115_eaf4_6ccc_6eb9),
        ] as [(Int, Int, UInt64)])
    func everyVersionIsThatOfAnotherEncoder(_ version: Int, _ capacity: Int, _ digest: UInt64) throws {
        #expect(QRVersion.all[version - 1].capacity == capacity)
        let code = try #require(QRCode((0..<capacity).map { UInt8(($0 * 7 + version) % 95 + 32) }))
        #expect(code.size == 17 + 4 * version)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for module in Self.rows(code).joined().utf8 { hash = (hash ^ UInt64(module)) &* 0x100_0000_01B3 }
        #expect(hash == digest)
    }

    @Test func aByteMoreTakesTheNextVersionAndTooManyNone() {
        #expect(QRCode([])?.size == 21)
        #expect(QRCode([UInt8](repeating: 0, count: 14))?.size == 21)
        #expect(QRCode([UInt8](repeating: 0, count: 15))?.size == 25)
        #expect(QRCode([UInt8](repeating: 0xFF, count: 331))?.size == 69)
        #expect(QRCode([UInt8](repeating: 0xFF, count: 332)) == nil)
    }

    @Test func outsideTheCodeEverythingIsLight() throws {
        let code = try #require(QRCode([1]))
        #expect(code.isDark(row: 0, column: 0))
        for (row, column) in [(-1, 0), (0, -1), (21, 0), (0, 21), (-4, 24)] {
            #expect(!code.isDark(row: row, column: column))
        }
    }
}
