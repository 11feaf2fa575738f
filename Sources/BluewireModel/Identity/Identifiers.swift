//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The opaque, stable name of a chat in the native API, for example `ch_6fq3…`.
public struct ChatID: OpenValue, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The GUID of a message as Apple stores it; opaque, compared case-sensitively.
public struct MessageID: OpenValue, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The name of a line from the configuration, for example `mac` or `sim`.
public struct LineID: OpenValue, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The name of a durable send, for example `snd_…`.
public struct SendID: OpenValue, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The row number of a message in chat.db; an implementation detail of one database file, never an identity.
public struct RowID: OpenValue, Comparable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static func < (left: RowID, right: RowID) -> Bool { left.rawValue < right.rawValue }
}
