//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A time as it travels: RFC 3339 in UTC with three fraction digits.
package struct NativeTime: Hashable, Sendable, Decodable {
    /// The time, cut to whole milliseconds: what the wire can say.
    package let timestamp: Timestamp

    /// Cuts `timestamp` to milliseconds.
    package init(_ timestamp: Timestamp) {
        self.timestamp = Timestamp(milliseconds: timestamp.milliseconds)
    }

    /// Cuts `timestamp` to milliseconds; nil for nil.
    package init?(_ timestamp: Timestamp?) {
        guard let timestamp else { return nil }
        self.init(timestamp)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let timestamp = Timestamp(rfc3339: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self.init(timestamp)
    }
}
