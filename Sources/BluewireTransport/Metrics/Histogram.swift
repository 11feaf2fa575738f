//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Synchronization

/// Durations by size, in buckets that never change.
package final class Histogram: Metric {
    /// The upper ends of the buckets of short waits: from half a millisecond to a minute.
    package static let standardBounds: [Duration] = [
        .microseconds(500), .milliseconds(1), .microseconds(2500), .milliseconds(5), .milliseconds(10),
        .milliseconds(25), .milliseconds(50), .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1),
        .milliseconds(2500), .seconds(5), .seconds(10), .seconds(30), .seconds(60),
    ]

    package let description: MetricDescription
    private let bounds: [Int64]
    private let counts: [MetricFamily.Cell]
    private let sum = MetricFamily.Cell()

    /// A histogram of seconds.
    package init(_ name: String, _ help: String, bounds: [Duration] = Histogram.standardBounds) {
        description = MetricDescription(name: name, help: help, kind: .histogram, labels: [])
        self.bounds = bounds.map(Self.nanoseconds)
        counts = (0...bounds.count).map { _ in MetricFamily.Cell() }
    }

    /// Counts one duration; a negative one, from a clock that was set back, counts as none.
    package func observe(_ duration: Duration) {
        let value = max(0, Self.nanoseconds(duration))
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count].add()
        sum.add(value)
    }

    /// Counts how long `body` takes.
    package func time<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let start = ContinuousClock.now
        defer { observe(ContinuousClock.now - start) }
        return try body()
    }

    package var samples: [MetricSample] {
        var total: Int64 = 0
        var samples: [MetricSample] = []
        for (index, count) in counts.enumerated() {
            total += count.value
            let bound = index < bounds.count ? MetricFamily.text(bounds[index], 1_000_000_000) : "+Inf"
            samples.append(MetricSample(suffix: "_bucket", labels: [("le", bound)], value: String(total)))
        }
        return samples + [
            MetricSample(suffix: "_sum", value: MetricFamily.text(sum.value, 1_000_000_000)),
            MetricSample(suffix: "_count", value: String(total)),
        ]
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }
}
