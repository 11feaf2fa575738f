//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import Testing

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("**Yes**, I can.", "Yes, I can."), ("This is __very__ good", "This is very good"), ("# Plan", "Plan"),
        ("* one\n* two", "• one\n• two"), ("Run `ls -l` now", "Run ls -l now"),
        ("See [the page](https://example.com/a_b).", "See the page (https://example.com/a_b)."),
        ("[https://example.com](https://example.com)", "https://example.com"),
        ("```swift\nlet a = 2 ** b\n```", "let a = 2 ** b"), ("**a** and **b**", "a and b"),
    ])
    func marksGo(_ text: String, _ plain: String) {
        #expect(PlainText.of(text) == plain)
    }

    @Test(arguments: [
        "2 * 3 * 4 = 24", "2 ** 3 ** 4", "snake_case_name", "#1 is best", "a[0](x)", "It costs 5`",
        "https://example.com/__x__y", "f**k and s**t",
    ])
    func whatOnlyLooksLikeMarksStays(_ text: String) {
        #expect(PlainText.of(text) == text)
    }
}
