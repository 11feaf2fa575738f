//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireTransport
import Foundation
import Testing

@Suite struct MetricsTests {
    @Test func textIsWhatPrometheusReads() {
        let plain = MetricFamily(.counter, "a_total", "Back\\slash and\nline.")
        let labelled = MetricFamily(.gauge, "b", "With \"quotes\".", label: "kind", values: ["x", "y\"\\\n"])
        let seconds = Histogram("c_seconds", "Durations.", bounds: [.milliseconds(1), .seconds(1)])
        plain.add(3)
        labelled.set(7, "x")
        labelled.set(-1, "y\"\\\n")
        seconds.observe(.microseconds(500))
        seconds.observe(.milliseconds(1))
        seconds.observe(.seconds(2))
        #expect(
            MetricsRegistry([plain, labelled, seconds]).render() == #"""
                # HELP a_total Back\\slash and\nline.
                # TYPE a_total counter
                a_total 3
                # HELP b With "quotes".
                # TYPE b gauge
                b{kind="x"} 7
                b{kind="y\"\\\n"} -1
                # HELP c_seconds Durations.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="0.001"} 2
                c_seconds_bucket{le="1.0"} 2
                c_seconds_bucket{le="+Inf"} 3
                c_seconds_sum 2.0015
                c_seconds_count 3

                """#)
    }

    @Test func valueOutsideTheSetCountsAsOther() {
        let family = MetricFamily(.counter, "a_total", "A.", label: "kind", values: ["x"])
        #expect(!MetricsRegistry([family]).render().contains("other"))
        family.add(2, "+15550001")
        #expect(MetricsRegistry([family]).render().contains(#"a_total{kind="other"} 2"#))
        #expect(!MetricsRegistry([family]).render().contains("+1555"))
    }

    @Test func requestsAreCappedAndNeverNamedByTheCaller() {
        let metric = RequestMetric("r_total", "R.", durations: Histogram("s", "S."))
        for index in 0..<(RequestMetric.capacity + 500) {
            metric.note(route: "/v1/\(index)", method: "GET", status: 204, duration: .milliseconds(1))
        }
        metric.note(route: nil, method: "EXPLOIT", status: 9999, duration: .zero)
        #expect(metric.samples.count == RequestMetric.capacity + 1)
        #expect(metric.samples.contains { $0.labels.map(\.value) == ["/v1/7", "GET", "2xx"] && $0.value == "1" })
        #expect(metric.samples.contains { $0.labels.map(\.value) == ["other", "other", "other"] && $0.value == "501" })
    }

    @Test func countingFromManyTasksLosesNothing() async {
        let family = MetricFamily(.counter, "a_total", "A.", label: "kind", values: ["x"])
        let seconds = Histogram("b_seconds", "B.")
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<2000 {
                        family.add(1, "x")
                        seconds.observe(.milliseconds(2))
                    }
                }
            }
        }
        #expect(family.cell("x").value == 16_000)
        #expect(seconds.samples.last?.value == "16000")
    }

    @Test func clockThatWasSetBackIsNoNegativeDuration() {
        let seconds = Histogram("b_seconds", "B.", bounds: [.seconds(1)])
        seconds.observe(.seconds(-5))
        #expect(seconds.samples.map(\.value) == ["1", "1", "0.0", "1"])
    }

    @Test func collectorsRunBeforeALookAndTheLastOfANameWins() async {
        let family = MetricFamily(.gauge, "a", "A.")
        let registry = MetricsRegistry([family])
        registry.register("x") { family.add(100) }
        registry.register("x") { family.add(1) }
        #expect(await registry.scrape().hasSuffix("a 1\n"))
        registry.unregister("x")
        #expect(await registry.scrape().hasSuffix("a 1\n"))
    }

    @Test func namesAreConstantAndOfTheirKind() {
        let descriptions = GatewayMetrics.registry.descriptions
        #expect(Set(descriptions.map(\.name)).count == descriptions.count)
        for description in descriptions {
            #expect(description.name.hasSuffix("_total") == (description.kind == .counter))
            #expect(description.help.hasSuffix("."))
            #expect(description.name.allSatisfy { $0.isLowercase || $0 == "_" })
        }
    }

    /// The documented table and the registry say the same, in the same order.
    @Test func documentationListsEveryMetric() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Documentation/Metrics.md")
        let rows = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("| `") }
        let expected = GatewayMetrics.registry.descriptions.map { description in
            let labels = description.labels.map { "`\($0)`" }.joined(separator: ", ")
            let shown = labels.isEmpty ? "–" : labels
            return "| `\(description.name)` | \(description.kind.rawValue) | \(shown) | \(description.help) |"
        }
        #expect(rows.map(String.init) == expected)
    }

    @Test func everyLineOfTheGatewayHasTheGrammar() {
        let value = #"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?"#
        let label = #"[a-z]+="([^"\\\n]|\\\\|\\"|\\n)*""#
        let sample = "^[a-z_]+(\\{\(label)(,\(label))*\\})? \(value)$"
        for line in GatewayMetrics.registry.render().split(separator: "\n") {
            let isComment = line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ")
            #expect(isComment || line.range(of: sample, options: .regularExpression) != nil, "\(line)")
        }
    }
}
