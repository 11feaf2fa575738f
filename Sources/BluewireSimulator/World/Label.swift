//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What a row really is, so that tests can judge a reader's classification.
package struct RowLabel: Sendable, Codable, Hashable {
    /// The row's number when it was written.
    package var row: Int64
    /// Its guid.
    package var guid: String
    /// What it is.
    package var label: Label
    /// What wrote it, for example `seed`, `say`, `send`, `tapback`, `mirror` or `ghost`.
    package var kind: String

    /// What a row is.
    package enum Label: String, Sendable, Codable, CaseIterable {
        /// Just sent or received.
        case new
        /// Genuine, but delivered late.
        case late
        /// History put back.
        case backfill
        /// A copy of another row.
        case duplicate
    }
}

/// The labels of all rows written so far, kept beside the database.
struct LabelLog: Sendable {
    private(set) var labels: [RowLabel] = []
    private let path: String

    /// Reads the labels of earlier runs.
    init(path: String) throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else { return }
        let decoder = JSONDecoder()
        // A last line cut by a crash is dropped; its row keeps the label `nil`, which tests report.
        labels = data.split(separator: 0x0A).compactMap { try? decoder.decode(RowLabel.self, from: Data($0)) }
    }

    /// Adds labels and appends them to the file.
    mutating func append(_ new: [RowLabel]) throws {
        guard !new.isEmpty else { return }
        labels += new
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var data = Data()
        for label in new {
            data += try encoder.encode(label)
            data.append(0x0A)
        }
        try AppendOnlyFile.append(Array(data), to: path)
    }
}
