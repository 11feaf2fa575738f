//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireAgent
import Foundation
import Testing

@Suite struct AgentConfigurationTests {
    private func decode(_ json: String) throws -> AgentConfiguration {
        try JSONDecoder().decode(AgentConfiguration.self, from: Data(json.utf8))
    }

    @Test func defaultsAreClosed() throws {
        let agent = try decode(#"{"name":"a"}"#)
        #expect(agent.allow.isEmpty)
        #expect(agent.shadow)
        #expect(!agent.groups)
        #expect(agent.provider == "concierge")
        #expect(agent.ack == .off)
    }

    @Test(arguments: [
        (#"{"name":""}"#, "name"), (#"{"name":"a b"}"#, "name"), (#"{}"#, "name"), (#"{"name":"a","alow":[]}"#, "alow"),
        (#"{"name":"a","debounce":-1}"#, "debounce"), (#"{"name":"a","debounce":"x"}"#, "debounce"),
        (#"{"name":"a","debounce":20}"#, "debounceMaximum"), (#"{"name":"a","zone":"Mars/Base"}"#, "zone"),
        (#"{"name":"a","ack":"often"}"#, "ack"), (#"{"name":"a","ackTapback":"👀"}"#, "ackTapback"),
        (#"{"name":"a","history":0}"#, "history"), (#"{"name":"a","tools":["shell"]}"#, "tools"),
        (#"{"name":"a","allow":"x"}"#, "allow"),
    ])
    func mistakesNameTheirKey(_ json: String, _ key: String) {
        let error = #expect(throws: AgentConfigurationError.self) { try decode(json) }
        #expect(error?.key == key)
    }

    @Test func itSurvivesARoundTrip() throws {
        var agent = AgentConfiguration(name: "demo")
        agent.allow = ["*"]
        agent.ack = .always
        agent.debounce = 0.6
        let data = try JSONEncoder().encode(agent)
        #expect(try JSONDecoder().decode(AgentConfiguration.self, from: data) == agent)
    }
}
