//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A push parser for `text/event-stream`: chunks in, events out, wherever the chunks were cut.
///
/// Lines may end in LF, CRLF or CR. Bytes that are not UTF-8 become U+FFFD. What is pending when the body ends is
/// discarded, as the format demands; a caller that needs the end of a stream to be explicit must look for its own mark.
package struct ServerSentEventParser: Sendable {
    /// The longest line accepted, in bytes.
    package let maximumLineBytes: Int
    /// The largest event accepted, in bytes of data.
    package let maximumEventBytes: Int
    /// The last `id:` seen; what a client sends as `Last-Event-ID` when it reconnects.
    package private(set) var lastEventID: String?
    /// The reconnection time the server asked for.
    package private(set) var retry: Duration?

    private var line: [UInt8] = []
    private var name: String?
    private var data: [UInt8] = []
    private var hasData = false
    private var isFirstLine = true
    private var skipsLineFeed = false

    /// A parser with caps; the defaults suit model streams.
    package init(maximumLineBytes: Int = 16 << 20, maximumEventBytes: Int = 16 << 20) {
        self.maximumLineBytes = maximumLineBytes
        self.maximumEventBytes = maximumEventBytes
    }

    /// Takes the next bytes and returns the events they complete.
    package mutating func consume(
        _ bytes: some Sequence<UInt8>
    ) throws(ServerSentEventError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if skipsLineFeed {
                skipsLineFeed = false
                if byte == UInt8(ascii: "\n") { continue }
            }
            switch byte {
            case UInt8(ascii: "\n"):
                if let event = try endLine() { events.append(event) }
            case UInt8(ascii: "\r"):
                skipsLineFeed = true
                if let event = try endLine() { events.append(event) }
            default:
                guard line.count < maximumLineBytes else { throw .lineTooLong(limit: maximumLineBytes) }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() throws(ServerSentEventError) -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard let first = line.first else { return dispatch() }
        guard first != UInt8(ascii: ":") else { return nil }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        try set(field: line[..<colon], to: value)
        return nil
    }

    private mutating func set(
        field: ArraySlice<UInt8>, to value: ArraySlice<UInt8>
    ) throws(ServerSentEventError) {
        switch String(decoding: field, as: UTF8.self) {
        case "data":
            guard data.count + value.count < maximumEventBytes else { throw .eventTooLarge(limit: maximumEventBytes) }
            if hasData { data.append(UInt8(ascii: "\n")) }
            data.append(contentsOf: value)
            hasData = true
        case "event":
            name = String(decoding: value, as: UTF8.self)
        case "id":
            if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        case "retry":
            if !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }),
                let milliseconds = Int64(String(decoding: value, as: UTF8.self))
            {
                retry = .milliseconds(milliseconds)
            }
        default:
            break
        }
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name = nil
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData, !data.isEmpty else { return nil }
        let type = name.flatMap { $0.isEmpty ? nil : $0 } ?? "message"
        return ServerSentEvent(name: type, data: String(decoding: data, as: UTF8.self), id: lastEventID)
    }
}
