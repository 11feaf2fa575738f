//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Apple's send effects and the short names people know them by.
public struct SendEffect: Hashable, Sendable, CustomStringConvertible {
    /// The short name, for example `confetti`.
    public var name: String
    /// Apple's identifier, as a draft carries it.
    public var identifier: String

    /// The effect of a short name or of Apple's identifier; nil for a short name nobody knows.
    ///
    /// An identifier this version does not know is kept: Apple may have added it.
    public init?(_ text: String) {
        if let known = Self.all.first(where: { $0.name == text || $0.identifier == text }) {
            self = known
        } else if text.hasPrefix("com.apple.") {
            self.init(name: text, identifier: text)
        } else {
            return nil
        }
    }

    private init(name: String, identifier: String) {
        self.name = name
        self.identifier = identifier
    }

    /// Every known effect: those of the bubble, then those of the screen.
    public static let all: [SendEffect] =
        ["slam", "loud", "gentle", "invisible-ink"].map { name in
            let word = name == "slam" ? "impact" : name.filter { $0 != "-" }
            return SendEffect(name: name, identifier: "com.apple.MobileSMS.expressivesend.\(word)")
        }
        + [
            ("echo", "Echo"), ("spotlight", "Spotlight"), ("balloons", "HappyBirthday"), ("confetti", "Confetti"),
            ("love", "Heart"), ("lasers", "Lasers"), ("fireworks", "Fireworks"), ("celebration", "Sparkles"),
        ].map { SendEffect(name: $0.0, identifier: "com.apple.messages.effect.CK\($0.1)Effect") }

    public var description: String { name }
}
