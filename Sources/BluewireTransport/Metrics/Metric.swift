//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Something that is counted or measured, under a constant name.
package protocol Metric: AnyObject, Sendable {
    /// Its name, documentation and labels.
    var description: MetricDescription { get }

    /// What it stands at, one sample a line; in an order that does not change.
    var samples: [MetricSample] { get }
}

/// What a metric is, as the documentation lists it.
package struct MetricDescription: Hashable, Sendable {
    /// How the value behaves.
    package enum Kind: String, Hashable, Sendable {
        /// Only grows.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations by size.
        case histogram
    }

    /// The name, with its unit.
    package var name: String
    /// One sentence about it.
    package var help: String
    /// How the value behaves.
    package var kind: Kind
    /// The names of its labels.
    package var labels: [String]
}

/// One value of a metric.
package struct MetricSample: Hashable, Sendable {
    /// What follows the metric's name, for example `_bucket`.
    package var suffix = ""
    /// The labels with their values.
    package var labels: [(name: String, value: String)] = []
    /// The value as it is written.
    package var value: String

    package static func == (left: MetricSample, right: MetricSample) -> Bool {
        left.suffix == right.suffix && left.value == right.value && left.labels.elementsEqual(right.labels, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(suffix)
        hasher.combine(value)
        for label in labels {
            hasher.combine(label.name)
            hasher.combine(label.value)
        }
    }
}
