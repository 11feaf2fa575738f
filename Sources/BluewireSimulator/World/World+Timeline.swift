//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireCodec
internal import BluewireModel
internal import GRDB

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension World {
    /// Does everything that is due by `now`, in order.
    mutating func advance(to now: Timestamp) throws {
        while let (step, due) = timeline.next(by: now) {
            lastNow = max(due, lastNow)
            try apply(step, at: due)
            if faults.checkpoint { store.checkpoint() }
            if faults.rotateSidecars { try store.rotateSidecars() }
        }
        lastNow = max(now, lastNow)
    }

    /// Does one step.
    mutating func apply(_ step: Step, at now: Timestamp) throws {
        let date = AppleTime.rawNanoseconds(now)
        switch step {
        case .join(let message, let chat):
            try store.write { db in try join(message, to: chat, db) }
            feed.add("changed", chat: chat, message: message)
        case .body(let message, let text, let bytes):
            try change(message, ["text": text, "attributedBody": Data(bytes)])
        case .sent(let message):
            try change(message, ["is_finished": 1, "is_sent": 1, "is_prepared": 0])
        case .delivered(let message):
            try change(message, ["is_delivered": 1, "date_delivered": date])
        case .readByThem(let message), .readByUs(let message):
            try change(message, ["is_read": 1, "date_read": date])
        case .detected(let message, let bytes):
            var values: RowValues = ["was_data_detected": 1]
            if let bytes {
                values["attributedBody"] = Data(bytes)
                values["has_dd_results"] = 1
            }
            try change(message, values)
        case .failed(let message, let code):
            try change(message, ["is_finished": 1, "is_sent": 0, "error": code])
        case .file(let attachment, let stored, let bytes):
            try store.write { db in
                try db.execute(
                    sql: """
                        UPDATE attachment SET filename = ?, transfer_state = 5, total_bytes = ? WHERE guid = ?
                        """,
                    arguments: [stored, bytes, attachment]
                )
            }
            feed.add("changed")
        case .typing(let chat, let address, let isOn):
            if let chat = self.chat(chat) { setTyping(isOn, in: chat, address: address) }
        case .unlock:
            try store.rotateSidecars()
        case .say(let chat, let address, let text):
            try say(in: chat, as: address, MessageContent(text: text), at: now)
        case .voice(let chat, let address):
            try say(in: chat, as: address, MessageContent(files: [Media.voice()]), at: now)
        case .group(let chat, let address, let change):
            try self.change(chat, change, by: address, at: now)
        }
    }

    private mutating func change(_ message: String, _ values: RowValues) throws {
        try store.write { db in try store.update(message: message, values, db) }
        feed.add("changed", message: message)
    }
}
