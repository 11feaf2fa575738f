//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Testing

@testable import BluewireEvents

@Suite struct HookTemplateTests {
    private func payload(_ json: String, headers: [String: String] = [:]) throws -> HookPayload {
        try HookPayload(Array(json.utf8), contentType: "application/json", headers: headers)
    }

    static let json = """
        {"alert": {"title": "Disk full", "count": 3, "ratio": 0.5, "whole": 2.0, "on": true, "none": null,
         "tags": ["a", "b"]}, "text": "first\\nsecond", "empty": "",
         "alerts": [{"name": "one", "labels": {"host": "h1"}}, {"name": "two", "notes": ["x", "y"]}], "title": "top"}
        """

    @Test(arguments: [
        ("{{alert.title}}", "Disk full"), ("{{ alert.title }}!", "Disk full!"), ("{{alert.count}}", "3"),
        ("{{alert.ratio}} {{alert.whole}}", "0.5 2"), ("{{alert.on}}", "true"), ("[{{alert.none}}]", "[]"),
        ("[{{alert}}]", "[]"), ("{{alert.tags}}", "a, b"), ("{{alert.tags.1}}", "b"), ("[{{alert.tags.7}}]", "[]"),
        ("[{{no.such.path}}]", "[]"), ("{{no | default:\"x | y\"}}", "x | y"), ("{{empty | default:title}}", "top"),
        ("{{no | default:empty | default:\"last\"}}", "last"), ("{{text | line}}", "first"),
        ("{{#each alerts}}{{name}} {{/each}}", "one two"),
        ("{{#each alerts}}{{name}}: {{labels.host}};{{/each}}", "one: h1;two: ;"),
        ("{{#each alerts}}\n- {{name}}\n{{/each}}", "- one\n- two"),
        ("{{#each alerts}}{{#each notes}}{{this}}/{{@root.title}} {{/each}}{{/each}}", "x/top y/top"),
        ("{{#each alert}}never{{/each}}", ""), ("{{#each no}}never{{/each}}", ""), ("plain } { text", "plain } { text"),
        ("{{@headers.x-event}}", "ping"), ("a\n\n\n\nb  \n", "a\n\nb"), ("{{this.title}}", ""),
    ])
    func templatesMakeText(_ template: String, _ text: String) throws {
        let payload = try payload(Self.json, headers: ["x-event": "ping"])
        #expect(try HookTemplate(template).text(of: payload) == text)
    }

    @Test(arguments: [
        "{{alert.title", "{{#each alerts}}x", "x{{/each}}", "{{#if a}}x{{/if}}", "{{}}", "{{a..b}}", "{{a b}}",
        "{{a | upper}}", "{{a | default:\"x}}", "{{a |}}", "{{#each}}x{{/each}}",
        String(repeating: "{{#each a}}", count: 9) + String(repeating: "{{/each}}", count: 9),
        String(repeating: "x", count: 8001),
    ])
    func whatCannotBeUnderstoodIsRefusedAtOnce(_ template: String) {
        #expect {
            try HookTemplate(template)
        } throws: { error in
            if case HookError.template(let reason)? = error as? HookError { !reason.isEmpty } else { false }
        }
    }

    @Test func longTextsAreCut() throws {
        let long = try payload("{\"a\": \"\(String(repeating: "é", count: 5000))\"}")
        let text = try HookTemplate("{{a}}{{a}}").text(of: long)
        #expect(text.count == 4000)
        #expect(text.hasSuffix("…"))
    }

    @Test func workIsBoundedWhateverIsNested() throws {
        let list = "[" + Array(repeating: "1", count: 1000).joined(separator: ",") + "]"
        let wide = try payload("{\"a\": \(list)}")
        let inside = "{{#each @root.a}}{{#each @root.a}}{{#each @root.a}}{{no}}{{/each}}{{/each}}{{/each}}"
        #expect(try HookTemplate("{{#each a}}\(inside){{/each}}").text(of: wide).count <= 4000)
    }

    @Test(
        arguments: [
            ("{\"text\":\"hi\"}", "application/json", "hi"), ("{\"text\":\"hi\"}", nil, "hi"),
            ("{\"text\":\"hi\"}", "application/x-www-form-urlencoded", "hi"), ("\"hi\"", "application/json", "hi"),
            ("text=a+b%21&x=1", "application/x-www-form-urlencoded; charset=utf-8", "a b!"),
            ("payload=%7B%22text%22%3A%22hi%22%7D", "application/x-www-form-urlencoded", "hi"),
            ("disk is full", "application/x-www-form-urlencoded", "disk is full"), ("a=b", "text/plain", "a=b"),
            ("{not json", "text/plain", "{not json"), ("42", "application/json", "42"),
        ] as [(String, String?, String)])
    func payloadsAreReadWhateverTheyAreCalled(_ body: String, _ type: String?, _ text: String) throws {
        #expect(try HookTemplate("{{text}}").text(of: HookPayload(Array(body.utf8), contentType: type)) == text)
    }

    @Test(
        arguments: [([0x7B], "application/json"), ([0xFF, 0xFE], "text/plain"), ([0x61, 0], nil)]
            as [([UInt8], String?)])
    func whatIsNoTextIsRefused(_ bytes: [UInt8], _ type: String?) {
        #expect(throws: HookError.self) { try HookPayload(bytes, contentType: type) }
    }

    @Test func presetsReadTheirSendersPayloads() throws {
        #expect(HookPreset.names == ["text", "grafana", "github", "homeassistant"])
        let grafana = try payload(
            """
            {"receiver": "phone", "status": "firing", "groupKey": "{}:{alertname=\\"Disk\\"}", "title": "[FIRING:1] Disk (web)",
             "alerts": [{"status": "firing", "labels": {"alertname": "Disk", "instance": "web-1"}, "fingerprint": "c3",
             "annotations": {"summary": "98 % used"}, "startsAt": "2026-11-29T08:30:00Z"}]}
            """)
        let preset = try #require(HookPreset.named("grafana"))
        #expect(preset.text(of: grafana) == "[FIRING:1] Disk (web)\nfiring: Disk web-1\n98 % used")
        #expect(preset.key(of: grafana)?.contains("c3 firing 2026-11-29T08:30:00Z") == true)
        let push = try payload(
            """
            {"ref": "refs/heads/main", "repository": {"full_name": "ada/engine"}, "pusher": {"name": "ada"},
             "commits": [{"message": "Add loops\\n\\nLong story"}, {"message": "Fix"}]}
            """, headers: ["x-github-event": "push", "x-github-delivery": "d-1"])
        let github = try #require(HookPreset.named("github"))
        #expect(github.text(of: push) == "ada/engine: ada pushed to refs/heads/main\n• Add loops\n• Fix")
        #expect(github.key(of: push) == "d-1")
        let other = try payload(
            "{\"action\": \"created\", \"repository\": {\"full_name\": \"ada/engine\"}, \"sender\": {\"login\": \"bob\"}}",
            headers: ["x-github-event": "star"])
        #expect(github.text(of: other) == "ada/engine: star created by bob")
        let home = try payload("{\"title\": \"Door\", \"message\": \"Somebody rang\"}")
        #expect(try #require(HookPreset.named("homeassistant")).text(of: home) == "Door\nSomebody rang")
        #expect(try #require(HookPreset.named("text")).text(of: home) == "Somebody rang")
    }
}
