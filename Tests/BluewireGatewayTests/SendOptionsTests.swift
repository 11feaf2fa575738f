//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireGateway
import BluewireModel
import Testing

/// What a person writes after `bluewire send`.
@Suite struct SendOptionsTests {
    static let now = Timestamp(seconds: 1_768_478_400)

    @Test(
        arguments: [
            ("in 10m", 600), ("in 90s", 90), ("In 2h", 7200), ("in 3d", 259_200), ("2026-01-15T12:00:30Z", 30),
            ("2026-01-15T13:01:00+01:00", 60), ("2026-01-15T11:59:00Z", -60),
        ] as [(String, Int64)])
    func timesAreRead(_ text: String, _ seconds: Int64) {
        #expect(SendTime.parse(text, now: Self.now) == Self.now + .seconds(seconds))
    }

    @Test(arguments: [
        "", "10m", "in", "in m", "in 10", "in 10 m", "in -5m", "in 0m", "in 99999999999m", "in 999999999d",
        "tomorrow", "2026-01-15", "2026-01-15T12:00:00",
    ])
    func whatIsNoTimeIsRefused(_ text: String) {
        #expect(SendTime.parse(text, now: Self.now) == nil)
    }

    @Test func aMentionStandsWhereItsNameDoes() throws {
        let found = try MentionWords.mentions(["+1=Ana", "+2=Bo", "+3=Ana"], in: "🎉 Ana, Bo and Ana")
        #expect(found.map(\.address) == ["+1", "+2", "+3"])
        #expect(found.map(\.range) == [UTF16Range(3, 3), UTF16Range(8, 2), UTF16Range(15, 3)])
    }

    @Test(arguments: [["+1"], ["+1="], ["=Ana"], ["+1=Tom"], ["+1=Ana", "+2=Ana"]])
    func aMentionWithoutItsNameIsRefused(_ options: [String]) {
        #expect(throws: GatewayError.self) { try MentionWords.mentions(options, in: "Hello Ana") }
    }

    @Test func effectsGoByNameOrIdentifier() {
        for effect in SendEffect.all {
            #expect(SendEffect(effect.name) == effect)
            #expect(SendEffect(effect.identifier) == effect)
        }
        #expect(SendEffect("slam")?.identifier == "com.apple.MobileSMS.expressivesend.impact")
        #expect(SendEffect("invisible-ink")?.identifier == "com.apple.MobileSMS.expressivesend.invisibleink")
        #expect(SendEffect("confetti")?.identifier == "com.apple.messages.effect.CKConfettiEffect")
        #expect(SendEffect("com.apple.messages.effect.CKNewEffect")?.identifier.hasSuffix("CKNewEffect") == true)
        #expect(SendEffect("sparkle") == nil)
    }
}
