//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Synchronization

/// Every metric of a process, and their text for Prometheus.
package final class MetricsRegistry: Sendable {
    /// Brings gauges up to date that nobody changes as things happen.
    package typealias Collector = @Sendable () async -> Void

    private let metrics: [any Metric]
    private let collectors = Mutex<[String: Collector]>([:])

    /// A registry of `metrics`, in the order in which they are shown.
    package init(_ metrics: [any Metric]) { self.metrics = metrics }

    /// What each metric is.
    package var descriptions: [MetricDescription] { metrics.map(\.description) }

    /// Has `collector` called before every ``scrape()``, in the place of an earlier one of that name.
    package func register(_ name: String, collector: @escaping Collector) {
        collectors.withLock { $0[name] = collector }
    }

    /// Forgets the collector of that name, and with it everything it holds.
    package func unregister(_ name: String) { collectors.withLock { $0[name] = nil } }

    /// Brings everything up to date and renders it; what `/metrics` answers.
    package func scrape() async -> String {
        for collector in collectors.withLock({ Array($0.values) }) { await collector() }
        return render()
    }

    /// The metrics as they stand, in the text format 0.0.4 (`text/plain; version=0.0.4`).
    package func render() -> String {
        var text = ""
        for metric in metrics {
            let description = metric.description
            text += "# HELP \(description.name) \(Self.escaped(description.help))\n"
            text += "# TYPE \(description.name) \(description.kind.rawValue)\n"
            for sample in metric.samples {
                text += description.name + sample.suffix
                if !sample.labels.isEmpty {
                    let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                    text += "{" + labels.joined(separator: ",") + "}"
                }
                text += " \(sample.value)\n"
            }
        }
        return text
    }

    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
