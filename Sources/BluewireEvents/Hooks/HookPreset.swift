//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A template for the payloads of a known sender.
package struct HookPreset: Hashable, Sendable {
    /// Its name.
    package let name: String
    private let template: HookTemplate
    /// Templates of single events, by the header that names them.
    private let events: [String: HookTemplate]
    private let dedupe: HookTemplate?

    /// Every preset.
    package static let all: [HookPreset] = [text, grafana, github, homeAssistant].compactMap(\.self)

    /// The names of all presets, in the order lists show them.
    package static let names = all.map(\.name)

    /// The preset of that name.
    package static func named(_ name: String) -> HookPreset? { all.first { $0.name == name } }

    /// The text of a payload.
    package func text(of payload: HookPayload) -> String {
        let event = payload.headers[["x-github-event"]].plainText
        return (events[event] ?? template).text(of: payload)
    }

    /// The dedupe key of a payload; nil when the preset has none for it.
    package func key(of payload: HookPayload) -> String? {
        dedupe.map { $0.text(of: payload) }
    }

    /// Nil when a template of the table cannot be understood; tests hold that none is.
    private init?(_ name: String, _ template: String, events: [String: String] = [:], dedupe: String? = nil) {
        guard let main = try? HookTemplate(template) else { return nil }
        self.name = name
        self.template = main
        self.events = events.compactMapValues { try? HookTemplate($0) }
        self.dedupe = dedupe.flatMap { try? HookTemplate($0) }
        guard self.events.count == events.count, (dedupe == nil) == (self.dedupe == nil) else { return nil }
    }

    // MARK: Table

    private static let text = HookPreset("text", "{{text | default:message | default:body | default:title}}")

    private static let homeAssistant = HookPreset("homeassistant", "{{title}}\n{{message | default:text}}")

    /// A notification that Grafana repeats for an alert that still fires carries the same start.
    private static let grafana = HookPreset(
        "grafana",
        """
        {{title | default:"Grafana"}}
        {{#each alerts}}
        {{status}}: {{labels.alertname | default:"alert"}} {{labels.instance}}
        {{annotations.summary | default:annotations.description}}
        {{/each}}
        """,
        dedupe: "{{groupKey}} {{status}} {{#each alerts}}{{fingerprint}} {{status}} {{startsAt}}; {{/each}}")

    private static let github = HookPreset(
        "github",
        "{{repository.full_name}}: {{@headers.x-github-event | default:\"event\"}} {{action}} by {{sender.login}}",
        events: [
            "ping": "{{repository.full_name | default:organization.login}}: GitHub is connected.\n{{zen}}",
            "push": """
            {{repository.full_name}}: {{pusher.name}} pushed to {{ref}}
            {{#each commits}}
            • {{message | line}}
            {{/each}}
            """,
            "pull_request": """
            {{repository.full_name}}: pull request #{{number}} {{action}} by {{sender.login}}
            {{pull_request.title}}
            {{pull_request.html_url}}
            """,
            "pull_request_review": """
            {{repository.full_name}}: {{sender.login}} reviewed pull request #{{pull_request.number}}: {{review.state}}
            {{review.body}}
            {{review.html_url}}
            """,
            "issues": """
            {{repository.full_name}}: issue #{{issue.number}} {{action}} by {{sender.login}}
            {{issue.title}}
            {{issue.html_url}}
            """,
            "issue_comment": """
            {{repository.full_name}}: {{sender.login}} commented on #{{issue.number}}
            {{comment.body}}
            {{comment.html_url}}
            """,
            "release": """
            {{repository.full_name}}: release {{release.tag_name}} {{action}}
            {{release.name}}
            {{release.html_url}}
            """,
            "workflow_run": """
            {{repository.full_name}}: {{workflow_run.name}} {{workflow_run.conclusion | default:action}} on {{workflow_run.head_branch}}
            {{workflow_run.html_url}}
            """,
        ],
        dedupe: "{{@headers.x-github-delivery}}")
}
