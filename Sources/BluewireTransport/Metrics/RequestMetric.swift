//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Synchronization

/// HTTP requests by the template of their route, method and class of status; and how long they took.
///
/// Templates come from the route table, never from a request. More than the cap of them count as `other`.
package final class RequestMetric: Metric {
    private struct Key: Hashable, Comparable {
        var route: String
        var method: String
        var status: String

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    /// How many combinations are told apart.
    package static let capacity = 1000
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    package let description: MetricDescription
    private let durations: Histogram
    private let counts = Mutex<[Key: Int64]>([:])

    /// Counts requests; `durations` gets how long they took.
    package init(_ name: String, _ help: String, durations: Histogram) {
        description = MetricDescription(
            name: name, help: help, kind: .counter, labels: ["route", "method", "status"])
        self.durations = durations
    }

    /// Counts a request that was answered.
    ///
    /// - Parameters:
    ///   - route: the template of the route, for example `/v1/chats/{chat}`; nil when none fitted.
    ///   - status: the status of the answer.
    package func note(route: String?, method: String, status: Int, duration: Duration) {
        let key = Key(
            route: route ?? MetricFamily.other, method: Self.methods.contains(method) ? method : MetricFamily.other,
            status: (100..<600).contains(status) ? "\(status / 100)xx" : MetricFamily.other)
        counts.withLock { counts in
            let rest = Key(route: MetricFamily.other, method: MetricFamily.other, status: MetricFamily.other)
            counts[counts[key] != nil || counts.count < Self.capacity ? key : rest, default: 0] += 1
        }
        durations.observe(duration)
    }

    package var samples: [MetricSample] {
        counts.withLock { $0 }.sorted { $0.key < $1.key }.map { key, count in
            MetricSample(
                labels: [("route", key.route), ("method", key.method), ("status", key.status)], value: String(count))
        }
    }
}
