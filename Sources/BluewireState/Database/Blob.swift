//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import GRDB

#if canImport(FoundationEssentials)
    private import FoundationEssentials
#else
    private import Foundation
#endif

/// Bytes as a statement argument.
package struct Blob: DatabaseValueConvertible, Sendable {
    /// The bytes.
    package var bytes: [UInt8]

    /// A blob of `bytes`.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var databaseValue: DatabaseValue { Data(bytes).databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
        Data.fromDatabaseValue(value).map { Blob([UInt8]($0)) }
    }
}
