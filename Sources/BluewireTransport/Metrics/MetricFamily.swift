//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Synchronization

/// A metric with at most one label, whose values are a closed set: what is none of them counts as `other`.
///
/// Every cell exists from the beginning, so that counting is a look-up and an atomic addition, and no content can ever
/// become a label.
package final class MetricFamily: Metric {
    /// A number that many threads change.
    package final class Cell: Sendable {
        private let number = Atomic<Int64>(0)

        /// What it stands at.
        package var value: Int64 { number.load(ordering: .relaxed) }

        /// Adds to it.
        package func add(_ amount: Int64 = 1) { number.wrappingAdd(amount, ordering: .relaxed) }

        /// Sets it.
        package func set(_ value: Int64) { number.store(value, ordering: .relaxed) }
    }

    /// The value of the label for whatever is not in the set.
    package static let other = "other"

    package let description: MetricDescription
    private let values: [String]
    private let cells: [String: Cell]
    private let rest: Cell
    /// How many of the counted units make one of the shown unit; 1 for whole numbers.
    private let divisor: Int64

    /// A metric without a label.
    ///
    /// - Parameter divisor: what the stored numbers are divided by when they are shown.
    package init(_ kind: MetricDescription.Kind, _ name: String, _ help: String, divisor: Int64 = 1) {
        description = MetricDescription(name: name, help: help, kind: kind, labels: [])
        values = []
        cells = [:]
        rest = Cell()
        self.divisor = divisor
    }

    /// A metric with a label and the values it may have.
    package init(
        _ kind: MetricDescription.Kind, _ name: String, _ help: String, label: String, values: [String]
    ) {
        description = MetricDescription(name: name, help: help, kind: kind, labels: [label])
        self.values = values + [Self.other]
        let rest = Cell()
        var cells = Dictionary(uniqueKeysWithValues: Set(values).map { ($0, Cell()) })
        cells[Self.other] = rest
        self.cells = cells
        self.rest = rest
        divisor = 1
    }

    /// The cell of a label's value, or the only one.
    package func cell(_ value: String? = nil) -> Cell {
        guard let value else { return rest }
        return cells[value] ?? rest
    }

    /// Adds to the cell of a label's value, or to the only one.
    package func add(_ amount: Int64 = 1, _ value: String? = nil) { cell(value).add(amount) }

    /// Sets the cell of a label's value, or the only one.
    package func set(_ amount: Int64, _ value: String? = nil) { cell(value).set(amount) }

    package var samples: [MetricSample] {
        guard let label = description.labels.first else { return [MetricSample(value: Self.text(rest.value, divisor))] }
        // The rest is shown only once there is some.
        return values.filter { $0 != Self.other || rest.value != 0 }.map { value in
            MetricSample(labels: [(label, value)], value: Self.text(cell(value).value, divisor))
        }
    }

    /// The number divided, written without more digits than it has.
    static func text(_ value: Int64, _ divisor: Int64) -> String {
        guard divisor != 1 else { return String(value) }
        return "\(Double(value) / Double(divisor))"
    }
}
