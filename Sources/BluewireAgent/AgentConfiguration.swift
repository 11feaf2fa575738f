//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import BluewireModel

/// One agent, as the configuration file describes it.
///
/// Everything but the name has a default; senders are closed.
package struct AgentConfiguration: Hashable, Sendable, Codable {
    /// The name: letters, digits and hyphens.
    package var name: String
    /// What the model is told to be.
    package var instructions = "You are a helpful assistant in a text message chat. Answer briefly, in plain text."
    /// `concierge`, or the name of a configured provider.
    package var provider = "concierge"
    /// The addresses that may talk to it; `*` for everybody.
    package var allow: [String] = []
    /// The addresses that are told about failures; `*` for everybody.
    package var owners: [String] = []
    /// The only chats it answers in, by native id; empty for all.
    package var chats: [String] = []
    /// Whether it answers in groups.
    package var groups = false
    /// When it acknowledges with a tapback.
    package var ack = Acknowledgement.off
    /// The tapback it acknowledges with.
    package var ackTapback = "like"
    /// How long it waits after the last message of a burst, in seconds.
    package var debounce = 2.5
    /// How long it waits after the first message of a burst at most, in seconds.
    package var debounceMaximum = 12.0
    /// How long typing shows at least before the first bubble, in seconds.
    package var leastTyping = 0.6
    /// How long it pauses between bubbles, in seconds.
    package var pause = 1.2
    /// Whether it marks chats as read when it begins to think.
    package var marksRead = true
    /// Whether it only drafts.
    package var shadow = true
    /// The time zone of its people; the machine's when empty.
    package var zone = ""
    /// How many messages of the chat the model sees.
    package var history = 40
    /// The tools it may use.
    package var tools = ["search_messages", "create_reminder", "list_tasks", "complete_task", "react"]

    /// When an agent acknowledges a message with a tapback.
    package enum Acknowledgement: String, Hashable, Sendable, Codable, CaseIterable {
        /// At once, every time.
        case always
        /// When the answer takes more than three seconds.
        case slow
        /// Never.
        case off
    }

    /// An agent with defaults.
    package init(name: String) { self.name = name }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, instructions, provider, allow, owners, chats, groups, ack, ackTapback, debounce, debounceMaximum
        case leastTyping, pause, marksRead, shadow, zone, history, tools
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys
        where CodingKeys(rawValue: key.stringValue) == nil {
            throw AgentConfigurationError(key: key.stringValue, message: "There is no such setting.")
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
            do {
                value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
            } catch {
                throw AgentConfigurationError(key: key.rawValue, message: "The value has the wrong type.")
            }
        }
        self.init(name: "")
        try read(.name, &name)
        try read(.instructions, &instructions)
        try read(.provider, &provider)
        try read(.allow, &allow)
        try read(.owners, &owners)
        try read(.chats, &chats)
        try read(.groups, &groups)
        try read(.ack, &ack)
        try read(.ackTapback, &ackTapback)
        try read(.debounce, &debounce)
        try read(.debounceMaximum, &debounceMaximum)
        try read(.leastTyping, &leastTyping)
        try read(.pause, &pause)
        try read(.marksRead, &marksRead)
        try read(.shadow, &shadow)
        try read(.zone, &zone)
        try read(.history, &history)
        try read(.tools, &tools)
        try validate()
    }

    /// Checks the values.
    ///
    /// - Throws: ``AgentConfigurationError`` that names the key.
    package func validate() throws(AgentConfigurationError) {
        func check(_ isFine: Bool, _ key: CodingKeys, _ message: String) throws(AgentConfigurationError) {
            guard isFine else { throw AgentConfigurationError(key: key.rawValue, message: message) }
        }
        let isName =
            !name.isEmpty && name.count <= 40
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
        try check(isName, .name, "A name has 1 to 40 letters, digits or hyphens.")
        try check(!provider.isEmpty, .provider, "Name a provider, or \"concierge\".")
        try check((0...60).contains(debounce), .debounce, "Use 0 to 60 seconds.")
        try check(
            (debounce...300).contains(debounceMaximum), .debounceMaximum,
            "Use at least the debounce, at most 300 seconds.")
        try check((0...10).contains(leastTyping), .leastTyping, "Use 0 to 10 seconds.")
        try check((0...10).contains(pause), .pause, "Use 0 to 10 seconds.")
        try check((1...500).contains(history), .history, "Use 1 to 500 messages.")
        try check(
            zone.isEmpty || ZoneName(zone) != nil, .zone,
            "There is no time zone of that name; use one like Europe/Berlin.")
        try check(
            Tapback.Kind(name: ackTapback) != nil && ackTapback != "emoji", .ackTapback,
            "Use love, like, dislike, laugh, emphasize or question.")
        let known = StandardTools.all.map(\.description.name)
        try check(tools.allSatisfy(known.contains), .tools, "Use some of \(known.joined(separator: ", ")).")
    }

    /// The zone of its people.
    package var zoneName: ZoneName { ZoneName(zone) ?? .current }
}

/// What is wrong with an agent's settings.
package struct AgentConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting.
    package var key: String
    /// What is wrong and what to write instead.
    package var message: String

    /// An error from its fields.
    package init(key: String, message: String) {
        self.key = key
        self.message = message
    }

    package var description: String { "agents.\(key): \(message)" }
}
