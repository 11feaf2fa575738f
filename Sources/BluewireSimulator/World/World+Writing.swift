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

/// A message about to be written.
struct Outline: Sendable {
    var guid: String
    var chat: SimulatedChat
    /// The other party's address: the sender, or whom an own direct message is for; nil for own group messages.
    var address: String?
    var isFromMe: Bool
    var date: Timestamp
    var content: MessageContent
    var label: RowLabel.Label = .new
    var kind: String
}

extension World {
    /// The columns every message row carries, as real rows do.
    func baseValues(_ outline: Outline, handle: Int64, previous: String?) -> RowValues {
        let content = outline.content
        let body = content.body(of: outline.guid)
        var values: RowValues = [
            "guid": outline.guid, "version": 10, "type": 0, "service": outline.chat.service, "handle_id": handle,
            "account": "E:\(owner.mail)", "account_guid": "0D1E5B66-7B51-4B0C-9C9D-5A1A0C1B2E3F",
            "destination_caller_id": owner.number, "date": AppleTime.rawNanoseconds(outline.date), "date_read": 0,
            "date_delivered": 0, "is_from_me": outline.isFromMe, "part_count": content.partCount,
            "reply_to_guid": previous,
            "message_summary_info": Data(SummaryWriter.plain()), "subject": content.subject,
            "expressive_send_style_id": content.effect, "is_audio_message": content.files.contains(where: \.isVoice),
            "cache_has_attachments": !content.files.isEmpty, "text": body.string,
            "attributedBody": Data(BodyEncoder.encode(body)),
        ]
        let own = [owner.number, owner.mail].map { HandleKey($0) }
        if !outline.isFromMe, content.mentions.contains(where: { own.contains(HandleKey($0.address)) }) {
            values["has_unseen_mention"] = 1
        }
        if let original = content.replyTo {
            values["thread_originator_guid"] = original
            values["thread_originator_part"] = "0:0:1"
        }
        if generation >= .tahoe { values["index_state"] = 0 }
        return values
    }

    /// The body as data detection leaves it.
    func linkedBody(of outline: Outline) -> Data {
        Data(BodyEncoder.encode(outline.content.body(of: outline.guid, detectsLinks: true)))
    }

    /// Writes a message row with its attachments, then, in a transaction of its own as Apple does, its join.
    ///
    /// - Parameter state: the columns that tell how far the message is; they win over the usual ones.
    mutating func write(_ outline: Outline, state: RowValues, faults: Faults) throws -> Int64 {
        let row = try store.write { db in
            let handle = try outline.address.map { try handleRow($0, service: outline.chat.service, db) } ?? 0
            var values = baseValues(
                outline, handle: handle, previous: try newestMessage(in: outline.chat.guid, db)
            )
            values.merge(state) { _, new in new }
            if faults.noBody || faults.lateBodyMs > 0 {
                values["text"] = .some(nil)
                values["attributedBody"] = .some(nil)
            }
            let row = try store.insert(values, into: "message", db)
            for index in outline.content.files.indices {
                try insertAttachment(index, of: outline, row: row, db)
            }
            return row
        }
        try labels.append([RowLabel(row: row, guid: outline.guid, label: outline.label, kind: outline.kind)])
        if faults.lateJoinMs > 0 {
            let due = outline.date + .milliseconds(faults.lateJoinMs)
            timeline.add(.join(message: outline.guid, chat: outline.chat.guid), at: max(due, lastNow))
        } else {
            try store.write { db in try join(outline.guid, to: outline.chat.guid, db) }
        }
        if faults.lateBodyMs > 0, !faults.noBody {
            let body = outline.content.body(of: outline.guid)
            timeline.add(
                .body(message: outline.guid, text: body.string, bytes: BodyEncoder.encode(body)),
                at: lastNow + .milliseconds(faults.lateBodyMs)
            )
        }
        try storeFiles(of: outline, faults: faults)
        feed.add("message", chat: outline.chat.guid, address: outline.address, message: outline.guid)
        return row
    }

    private func insertAttachment(_ index: Int, of outline: Outline, row: Int64, _ db: Database) throws {
        let file = outline.content.files[index]
        let guid = outline.content.transfer(ofFile: index, of: outline.guid)
        let values: RowValues = [
            "guid": guid, "original_guid": guid, "created_date": outline.date.seconds - 978_307_200,
            "start_date": 0, "filename": nil, "uti": file.uti, "mime_type": file.mimeType, "transfer_state": 3,
            "is_outgoing": outline.isFromMe, "transfer_name": file.name, "total_bytes": file.bytes.count,
        ]
        let attachment = try store.insert(values, into: "attachment", db)
        try db.execute(
            sql: "INSERT OR IGNORE INTO message_attachment_join (message_id, attachment_id) VALUES (?, ?)",
            arguments: [row, attachment]
        )
    }

    /// Writes the files; their rows learn of it now or, with a fault, later.
    private mutating func storeFiles(of outline: Outline, faults: Faults) throws {
        for (index, file) in outline.content.files.enumerated() {
            let guid = outline.content.transfer(ofFile: index, of: outline.guid)
            let shard = outline.guid.prefix(2).lowercased()
            let folder = "\(shard)/\(Int(outline.guid.utf8.reduce(0) { $0 &+ UInt32($1) } % 16) + 10)/\(guid)"
            let path = "\(home.attachmentsPath)/\(folder)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data(file.bytes).write(to: URL(fileURLWithPath: "\(path)/\(file.name)"))
            let stored = "~/Library/Messages/Attachments/\(folder)/\(file.name)"
            let step = Step.file(attachment: guid, stored: stored, bytes: file.bytes.count)
            if faults.lateFileMs > 0 {
                timeline.add(step, at: lastNow + .milliseconds(faults.lateFileMs))
            } else {
                try apply(step, at: lastNow)
            }
        }
    }
}
