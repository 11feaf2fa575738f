//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import NIOCore

/// Brings what readers have not seen into the form they get it in; readers that want the same share the same bytes.
struct LiveEncoder {
    /// What a reader has not seen yet.
    struct Batch: Sendable {
        /// Journalled events, then live ones, then a sign of life where one is due; empty when there is nothing.
        var bytes = ByteBuffer()
        /// Where the reader stands afterwards.
        var position: EventFeed.Position
        /// Whether there is more to read at once.
        var hasMore = false
    }

    private enum EventKey: Hashable {
        case journalled(Cursor, LiveReader.Form)
        case live(Int, LiveReader.Form)
    }

    private struct BatchKey: Hashable {
        let position: EventFeed.Position
        let form: LiveReader.Form
    }

    /// How many entries of the journal are looked at together.
    static let pageLimit = 200
    /// How many bytes a batch has before the rest is left for the next one.
    static let batchSize = 65_536

    private let feed: EventFeed
    private var events: [EventKey: ByteBuffer] = [:]
    private var pages: [Cursor: JournalPage] = [:]
    /// Batches for readers that want and may see everything.
    private var batches: [BatchKey: Batch] = [:]

    init(_ feed: EventFeed) { self.feed = feed }

    /// What lies after `position`, from memory; nil when that does not reach back so far.
    mutating func newest(after position: EventFeed.Position, for reader: LiveReader) -> Batch? {
        let key = BatchKey(position: position, form: reader.form)
        if reader.selection.isEverything, let batch = batches[key] { return batch }
        guard let page = newestPage(after: position.cursor) else { return nil }
        let batch = batch(of: page, after: position, reader.selection, reader.form)
        if reader.selection.isEverything { batches[key] = batch }
        return batch
    }

    /// The part of a page a reader gets, with the live events if the page ends at the newest event.
    mutating func batch(
        of page: JournalPage, after position: EventFeed.Position, _ selection: EventSelection, _ form: LiveReader.Form
    ) -> Batch {
        var batch = Batch(position: position)
        var only: ByteBuffer?
        for (index, entry) in page.entries.enumerated() where selection.includes(entry.event) {
            let bytes = bytes(of: entry, form)
            // A single event needs no copy.
            if let first = only {
                batch.bytes.reserveCapacity(Self.batchSize)
                batch.bytes.writeImmutableBuffer(first)
                only = nil
            }
            if batch.bytes.readableBytes == 0 { only = bytes } else { batch.bytes.writeImmutableBuffer(bytes) }
            let size = only?.readableBytes ?? batch.bytes.readableBytes
            if size >= Self.batchSize, index + 1 < page.entries.count {
                batch.bytes = only ?? batch.bytes
                batch.position.cursor = entry.event.cursor
                batch.hasMore = true
                return batch
            }
        }
        if let only { batch.bytes = only }
        batch.position.cursor = page.next
        batch.hasMore = !page.isAtHead
        if page.isAtHead { addLive(to: &batch, selection, form) }
        return batch
    }

    // MARK: Parts

    private mutating func newestPage(after cursor: Cursor) -> JournalPage? {
        if let page = pages[cursor] { return page }
        let page = feed.journal.newestPage(after: cursor, limit: Self.pageLimit)
        pages[cursor] = page
        return page
    }

    private mutating func addLive(to batch: inout Batch, _ selection: EventSelection, _ form: LiveReader.Form) {
        let news = feed.live(after: batch.position)
        for (number, event) in news.events where selection.includes(event) {
            let key = EventKey.live(number, form)
            let bytes = events[key] ?? Self.encode(event, feed.render(event), form, isJournalled: false)
            events[key] = bytes
            batch.bytes.writeImmutableBuffer(bytes)
        }
        if news.position.beats > batch.position.beats {
            switch form {
            // An empty ping, which wants an answer.
            case .webSocket: batch.bytes.writeBytes([0x89, 0x00])
            case .serverSent:
                if batch.bytes.readableBytes == 0 { batch.bytes.writeStaticString(": still here\n\n") }
            }
        }
        batch.position.liveCount = news.position.liveCount
        batch.position.beats = news.position.beats
    }

    private mutating func bytes(of entry: JournalEntry, _ form: LiveReader.Form) -> ByteBuffer {
        let key = EventKey.journalled(entry.event.cursor, form)
        if let bytes = events[key] { return bytes }
        let bytes = Self.encode(entry.event, entry.rendered(by: feed.render), form, isJournalled: true)
        events[key] = bytes
        return bytes
    }

    /// An event, from its JSON, in the form it travels in; what is not journalled has no cursor to resume after.
    static func encode(
        _ event: GatewayEvent, _ json: [UInt8], _ form: LiveReader.Form, isJournalled: Bool
    ) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(json.count + 96)
        switch form {
        case .webSocket:
            // The object with its type in front.
            let type: StaticString = #"{"type":"event","#
            buffer.writeTextFrameHead(length: type.utf8CodeUnitCount + json.count - 1)
            buffer.writeStaticString(type)
            buffer.writeBytes(json.dropFirst())
        case .serverSent:
            if isJournalled { buffer.writeString("id: \(event.cursor)\n") }
            buffer.writeString("event: \(event.kind)\ndata: ")
            buffer.writeBytes(json)
            buffer.writeStaticString("\n\n")
        }
        return buffer
    }
}

extension ByteBuffer {
    /// Begins a whole text frame of a server (RFC 6455, 5.2), which is not masked.
    fileprivate mutating func writeTextFrameHead(length: Int) {
        writeInteger(UInt8(0x81))
        switch length {
        case ..<126: writeInteger(UInt8(length))
        case ..<65_536: writeMultipleIntegers(UInt8(126), UInt16(length))
        default: writeMultipleIntegers(UInt8(127), UInt64(length))
        }
    }
}
