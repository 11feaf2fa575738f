//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel
package import BluewireState

/// Recognises the rows of a send; pure.
package struct RowMatcher: Sendable {
    /// A row may carry a date this much before its hand-over: the two are stamped by different processes.
    package var slack: Duration = .seconds(10)
    /// A row dated later than this after the hand-over is not taken for the send while it is not unknown.
    package var window: Duration = .seconds(120)
    /// The same for an unknown send.
    package var unknownWindow: Duration = .seconds(24 * 3600)

    /// The defaults.
    package init() {}

    /// The missing pieces of `record` that `row` carries; empty when it is none of its rows.
    ///
    /// - Parameter isInPlace: whether the row is known to belong to the send's chat already.
    package func pieces(of record: SendRecord, in row: Message, isInPlace: Bool = false) -> [Int] {
        let machine = SendStateMachine(record.progress)
        guard
            row.isFromMe, machine.isAwaitingRows, let floor = record.progress.floor,
            let dispatchedAt = record.progress.dispatchedAt, isInPlace || isPlace(of: row, of: record)
        else { return [] }
        let missing = machine.missingPieces
        if missing.contains(where: { record.progress.pieces[$0] == .change }) {
            return isChange(row, of: record, since: dispatchedAt) ? missing : []
        }
        let limit = record.progress.state == .unknown ? unknownWindow : window
        guard row.row > floor, row.sentAt >= dispatchedAt - slack, row.sentAt <= dispatchedAt + limit else { return [] }
        return Self.carried(by: row, of: record, among: missing)
    }

    /// The pieces of a send to a proven self-chat that an incoming row mirrors, `claimed` ones excluded.
    package func mirroredPieces(of record: SendRecord, in row: Message, claimed: Set<Int>) -> [Int] {
        guard
            !row.isFromMe, record.isSelf, let floor = record.progress.floor,
            let dispatchedAt = record.progress.dispatchedAt, row.row > floor, isPlace(of: row, of: record),
            row.sentAt >= dispatchedAt - slack, row.sentAt <= dispatchedAt + window
        else { return [] }
        return Self.carried(by: row, of: record, among: record.progress.pieces.indices.filter { !claimed.contains($0) })
    }

    /// Whether a tapback seen in the store is the one `record` asked for.
    package func isTapback(_ tapback: Tapback, isRemoval: Bool, of record: SendRecord) -> Bool {
        guard
            tapback.isFromMe, SendStateMachine(record.progress).isAwaitingRows,
            let dispatchedAt = record.progress.dispatchedAt,
            case .tapback(let target, let part, let kind, let emoji, let removes) = record.action
        else { return false }
        return tapback.target == target && (tapback.part == part || tapback.part == -1 || part == -1)
            && tapback.kind == kind && (kind != .emoji || tapback.emoji == emoji) && removes == isRemoval
            && (isRemoval || tapback.date >= dispatchedAt - slack)
    }

    /// Whether `row` lies where `record` went: the chat, or the direct chat of the address.
    private func isPlace(of row: Message, of record: SendRecord) -> Bool {
        guard row.line == record.line else { return false }
        if let chat = record.chat, row.chat == chat { return true }
        guard let address = record.address, let guid = row.chatGUID, guid.style != "+" else { return false }
        return HandleKey(guid.identifier) == address
    }

    private func isChange(_ row: Message, of record: SendRecord, since dispatchedAt: Timestamp) -> Bool {
        switch record.action {
        case .edit(let target, _, let text):
            guard row.id == target, let editedAt = row.editedAt, editedAt >= dispatchedAt - slack else { return false }
            return NormalisedText(row.body.string).rawValue.contains(NormalisedText(text).rawValue)
        case .unsend(let target, let part):
            return row.id == target && (row.unsentParts.contains(part) || row.kind == .unsent)
        default: return false
        }
    }

    /// What of `pieces` the row carries.
    private static func carried(by row: Message, of record: SendRecord, among pieces: [Int]) -> [Int] {
        if row.event != nil {
            guard case .chat(let change) = record.action, isRow(row, of: change) else { return [] }
            return pieces.filter { record.progress.pieces[$0] == .groupEvent }
        }
        var carried: [Int] = []
        var names = row.attachments.filter { !$0.isHidden }.compactMap { $0.name.map(comparable) }
        lazy var text = NormalisedText(row.body.string).rawValue
        for index in pieces {
            switch record.progress.pieces[index] {
            case .text(let wanted):
                if wanted == text { carried.append(index) }
            case .file(let name):
                let wanted = comparable(name)
                guard let found = names.firstIndex(where: { $0 == wanted || stem($0) == stem(wanted) }) else {
                    continue
                }
                names.remove(at: found)
                carried.append(index)
            case .tapback:
                let isOwn = row.tapbacks.contains { tapback in
                    guard case .tapback(let target, _, let kind, _, _) = record.action else { return false }
                    return tapback.isFromMe && tapback.target == target && tapback.kind == kind
                }
                if row.kind == .tapback, isOwn { carried.append(index) }
            case .change, .groupEvent: continue
            }
        }
        return carried
    }

    /// Whether `row` tells of `change`.
    private static func isRow(_ row: Message, of change: ChatChange) -> Bool {
        guard let event = row.event else { return false }
        switch change {
        case .rename(let name):
            return event.kind == .renamed
                && NormalisedText(event.title ?? "").rawValue == NormalisedText(name).rawValue
        case .icon(let path): return event.kind == (path == nil ? .photoRemoved : .photoSet)
        case .addParticipant(let address):
            return event.kind == .participantAdded && event.subject?.key == HandleKey(address)
        case .removeParticipant(let address):
            return event.kind == .participantRemoved && event.subject?.key == HandleKey(address)
        case .leave: return event.kind == .participantLeft
        }
    }

    private static func comparable(_ name: String) -> String { NormalisedText(name).rawValue.lowercased() }

    /// Messages converts some files and changes their extension.
    private static func stem(_ name: String) -> Substring {
        name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    }
}
