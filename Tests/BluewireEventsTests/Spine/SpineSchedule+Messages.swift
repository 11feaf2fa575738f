//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState
import BluewireTesting
import BluewireTransport
import Synchronization

// What happens in Messages by itself: people write, rows are late, history comes back, files are replaced.
extension SpineSchedule {
    /// Lets one thing happen.
    func somethingHappens() {
        switch pick(16) {
        case 0, 1, 2, 3: hear { _ in }
        case 4: hear { $0.isJoined = false }
        case 5: hear { $0.hasBody = false }
        case 6: completeRows(atMost: 1)
        case 7: comeLate()
        case 8: restoreHistory()
        case 9, 10, 11: changeSomething()
        case 12: deleteSomething()
        case 13: if chance(0.4) { renumber() } else { hear { _ in } }
        case 14: if chance(0.4) { goBack() } else { changeSomething() }
        default: hear { _ in }
        }
    }

    /// Somebody writes.
    private func hear(_ change: (inout StoredRow) -> Void) {
        let now = clock.now
        let place = pick(5) == 0 ? 1 : 0
        messages.world.withLock { world in
            let text = "heard \(world.count)"
            let index = world.add(place: place, isFromMe: false, text: text, date: now)
            change(&world.file.rows[index])
        }
        count("heard")
    }

    /// A phone was off: what was written an hour ago arrives now.
    private func comeLate() {
        guard state.withLock({ $0.counts["late", default: 0] < 2 }) else { return }
        let date = clock.now - .seconds(3600 + pick(3600))
        messages.world.withLock { world in
            _ = world.add(place: 0, isFromMe: false, text: "late \(world.count)", date: date)
        }
        count("late")
    }

    /// iCloud puts back rows: synchronised ones, or some older than a day.
    private func restoreHistory() {
        // A few old rows without any sign, and only once: more of them would look like a restore that late rows are
        // part of.
        let isSynchronised = chance(0.6) || state.withLock { $0.counts["unsigned history"] != nil }
        if !isSynchronised { count("unsigned history") }
        let age: Duration = isSynchronised ? .seconds(7200) : .seconds(3 * 86_400)
        let date = clock.now - age
        let size = 1 + pick(isSynchronised ? 6 : 2)
        messages.world.withLock { world in
            for index in 0..<size {
                let row = world.add(
                    place: 0, isFromMe: index % 2 == 1, text: "history \(world.count)",
                    date: date + .seconds(index * 30))
                world.file.rows[row].cloudState = isSynchronised ? 1 : 0
                world.file.rows[row].truth = .history
            }
        }
        count("history")
    }

    /// Joins and bodies that were missing arrive.
    func completeRows(atMost limit: Int = .max) {
        messages.world.withLock { world in
            let open = world.file.rows.indices.filter { index in
                let row = world.file.rows[index]
                return row.truth != .ghost && (!row.isJoined || !row.hasBody)
            }
            for index in open.prefix(limit) {
                world.file.rows[index].isJoined = true
                world.file.rows[index].hasBody = true
            }
        }
    }

    /// A receipt, a late error, or an edit.
    private func changeSomething() {
        let now = clock.now
        let choice = pick(1 << 20)
        let isFatal = chance(0.2)
        messages.world.withLock { world in
            let ready = world.file.rows.indices.filter { world.file.rows[$0].isJoined && world.file.rows[$0].hasBody }
            guard !ready.isEmpty else { return }
            let own = ready.filter { world.file.rows[$0].isFromMe && world.file.rows[$0].tag != nil }
            let place = choice & 2048 == 0 || own.isEmpty ? ready[choice % ready.count] : own[choice % own.count]
            var row = world.file.rows[place]
            if row.isFromMe {
                guard row.error == 0 else { return }
                if row.deliveredAt == nil, isFatal {
                    row.error = 22
                } else if row.deliveredAt == nil {
                    row.deliveredAt = now
                } else {
                    row.readAt = row.readAt ?? now
                }
            } else if choice & 1024 == 0, row.truth == .genuine {
                row.text += "!"
                row.editedAt = now
            } else {
                row.readAt = row.readAt ?? now
            }
            world.file.rows[place] = row
        }
        count("change")
    }

    private func deleteSomething() {
        let choice = pick(1 << 20)
        let guid = messages.world.withLock { world -> String? in
            let ready = world.file.rows.indices.filter { world.file.rows[$0].isJoined }
            guard !ready.isEmpty else { return nil }
            let row = world.file.rows.remove(at: ready[choice % ready.count])
            world.file.deletions.append(row.guid)
            return row.guid
        }
        guard let guid else { return }
        state.withLock { _ = $0.deleted.insert(guid) }
        count("delete")
    }

    /// The file is rebuilt: every row gets another number, and tombstones are forgotten.
    private func renumber() {
        messages.world.withLock { world in
            world.file.rows.sort { ($0.date, $0.number) < ($1.date, $1.number) }
            for index in world.file.rows.indices { world.file.rows[index].number = Int64(index + 1) }
            world.file.lastNumber = Int64(world.file.rows.count)
        }
        fileWasReplaced("renumber")
    }

    /// An older state of the file is put back; its numbers are given again.
    private func goBack() {
        let size = 1 + pick(2)
        let lost = messages.world.withLock { world -> [String] in
            let lost = world.file.rows.suffix(size)
            world.file.rows.removeLast(lost.count)
            world.file.lastNumber = world.file.rows.last?.number ?? 0
            return lost.map(\.guid)
        }
        state.withLock { $0.hidden.formUnion(lost) }
        fileWasReplaced("snapshot")
    }

    private func fileWasReplaced(_ what: String) {
        messages.world.withLock { world in
            let forgotten = world.file.deletions
            world.file.deletions = []
            state.withLock { $0.hidden.formUnion(forgotten) }
        }
        count(what)
    }
}
