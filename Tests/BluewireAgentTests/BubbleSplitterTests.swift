//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import Testing

@Suite struct BubbleSplitterTests {
    @Test(arguments: [
        ("", []), ("  \n ", []), ("NO_REPLY", []), (" no_reply\n", []), ("Hi", ["Hi"]),
        (
            "This is the first paragraph.\n\nThis is the second paragraph.",
            ["This is the first paragraph.", "This is the second paragraph."]
        ),
        (
            "This is the first paragraph.\n---\nThis is the second paragraph.",
            ["This is the first paragraph.", "This is the second paragraph."]
        ),
        ("Yes.\n\nThat works for me tomorrow.", ["Yes.\nThat works for me tomorrow."]),
        (
            "Look at this snippet now:\n\n```swift\nlet a = 1\n\nlet b = 2\n```",
            ["Look at this snippet now:", "```swift\nlet a = 1\n\nlet b = 2\n```"]
        ),
    ])
    func textsAreCutWhereAPersonWould(_ text: String, _ bubbles: [String]) {
        #expect(BubbleSplitter().split(text) == bubbles)
    }

    @Test func longParagraphsAreCutBetweenSentences() {
        let sentence = "Dr. Who paid 3.5 km of fare, e.g. by card, at https://example.com/a.b?c=d. "
        let bubbles = BubbleSplitter().split(String(repeating: sentence, count: 12))
        #expect(bubbles.count > 1)
        #expect(bubbles.allSatisfy { $0.count <= 400 && $0.hasSuffix("c=d.") })
    }

    @Test func neverMoreThanFiveUnlessTheyAreTooLong() {
        let text = (1...12).map { "This is paragraph number \($0) of twelve." }.joined(separator: "\n\n")
        #expect(BubbleSplitter().split(text).count == 5)
        let huge = (1...12).map { _ in String(repeating: "word ", count: 500) }.joined(separator: "\n\n")
        #expect(BubbleSplitter().split(huge).allSatisfy { $0.count <= 4000 })
    }

    @Test func longCodeIsClosedAndOpenedAgain() {
        let code = "```\n" + (1...600).map { "line number \($0)" }.joined(separator: "\n") + "\n```"
        let bubbles = BubbleSplitter().split(code)
        #expect(bubbles.count > 1)
        #expect(bubbles.allSatisfy { $0.hasPrefix("```\n") && $0.hasSuffix("\n```") && $0.count <= 4000 })
    }

    @Test(arguments: 0..<200) func nothingButWhiteSpaceIsLostAndNoWordIsCut(_ seed: Int) {
        var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let words = [
            "hello", "https://example.com/a?b=c&d=e.f", "👩‍👩‍👧‍👦", "a.b@c.example", "5", "kg", "你好。", "end.", "What?", "été",
            "🇩🇪", "e.g.",
            "12:30", "\n\n", "\n", "Well…", "naïve,", "x", "(really)", "1.5", "km",
        ]
        let text = (0..<(1 + random(400))).map { _ in words[random(words.count)] }.joined(separator: " ")
        var splitter = BubbleSplitter()
        splitter.softLimit = 20 + random(200)
        splitter.hardLimit = splitter.softLimit + 60 + random(300)
        let bubbles = splitter.split(text)
        #expect(bubbles.joined(separator: " ").filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
        #expect(bubbles.allSatisfy { $0.count <= splitter.hardLimit && !$0.isEmpty })
        let allowed = Set(text.split(whereSeparator: \.isWhitespace))
        for bubble in bubbles {
            for word in bubble.split(whereSeparator: \.isWhitespace) {
                #expect(
                    allowed.contains(word) || word.contains("。") || allowed.contains { $0.contains("。") }, "\(word)")
            }
        }
    }
}
