//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A file belonging to a message, with its transfer state.
public struct Attachment: Hashable, Sendable, Codable {
    /// Apple's GUID of the transfer.
    public var guid: String
    /// The name to show.
    public var name: String?
    /// The stored path as Apple wrote it (may start with `~`, may be absent).
    public var storedPath: String?
    /// The MIME type: Apple's, else derived from the type identifier or the name.
    public var mimeType: String?
    /// Apple's uniform type identifier.
    public var uti: String?
    /// Bytes transferred; nil when unknown.
    public var byteCount: Int64?
    /// The transfer state.
    public var state: TransferState
    /// Whether we sent it.
    public var isOutgoing: Bool
    /// Whether it is a sticker.
    public var isSticker: Bool
    /// Whether Apple hides it (plug-in payloads).
    public var isHidden: Bool
    /// The transcript of a voice note, if Apple made one.
    public var transcription: String?

    /// An attachment with the fields that have no sensible default; set the others afterwards.
    public init(guid: String, name: String? = nil, state: TransferState = .finished) {
        self.guid = guid
        self.name = name
        storedPath = nil
        mimeType = nil
        uti = nil
        byteCount = nil
        self.state = state
        isOutgoing = false
        isSticker = false
        isHidden = false
        transcription = nil
    }

    /// Apple's `transfer_state`.
    public struct TransferState: OpenValue {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Not downloaded, or purged to iCloud.
        public static let waiting = TransferState(rawValue: 0)
        /// Under way.
        public static let transferring = TransferState(rawValue: 3)
        /// Complete.
        public static let finished = TransferState(rawValue: 5)
        /// Failed.
        public static let failed = TransferState(rawValue: 6)
        /// Failed, worth trying again.
        public static let recoverable = TransferState(rawValue: 7)
    }
}
