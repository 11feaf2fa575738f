//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// Builds a body from text, runs and attribute sets; both readers of bodies end here, so their results agree.
struct BodyAssembler {
    /// One run: its length in UTF-16 code units and its attribute set.
    struct Run {
        var length: Int
        var set: Int
    }

    /// The body of valid UTF-8 in a range of `bytes`; nil when the runs do not cover the text exactly.
    @inline(__always)
    static func body(
        _ bytes: LentBytes, _ offset: Int, _ length: Int, string: String, runs: [Run], sets: [AttributeSet]
    ) -> MessageBody? {
        let units = bytes.utf16Length(offset, length)
        // One run over plain text is what nine of ten bodies have.
        if runs.count == 1, runs[0].length == units, units > 0, sets[runs[0].set].transfer == nil, length > 3 {
            let set = sets[runs[0].set]
            let run = TextRun(text: string, range: UTF16Range(0, units), attributes: set.attributes)
            return MessageBody(string: string, parts: [Part(index: set.part ?? 0, content: .text([run]))])
        }
        return manyRuns(bytes, offset, length, string: string, units: units, runs: runs, sets: sets)
    }

    private static func manyRuns(
        _ bytes: LentBytes, _ offset: Int, _ length: Int, string: String, units: Int, runs: [Run], sets: [AttributeSet]
    ) -> MessageBody? {
        var parts: [Part] = []
        var position = offset
        var location = 0
        var current: Int?
        for run in runs where run.length > 0 {
            guard run.length <= units - location,
                let next = bytes.offset(position, advancedByUTF16: run.length, limit: offset + length)
            else { return nil }
            let set = sets[run.set]
            let index = set.part ?? current ?? 0
            current = index
            let range = UTF16Range(location, run.length)
            if let transfer = set.transfer {
                parts.append(Part(index: index, content: .attachment(guid: transfer)))
            } else if isPlaceholder(bytes, position, next - position) {
                parts.append(Part(index: index, content: .balloon))
            } else {
                let text = bytes.repairedText(position, next - position)
                append(TextRun(text: text, range: range, attributes: set.attributes), to: &parts, index: index)
            }
            position = next
            location += run.length
        }
        guard location == units else { return nil }
        return MessageBody(string: string, parts: sorted(parts))
    }

    /// Whether a range is exactly U+FFFC or U+FFFD: an app where a text would stand.
    private static func isPlaceholder(_ bytes: LentBytes, _ offset: Int, _ length: Int) -> Bool {
        length == 3 && bytes[offset] == 0xEF && bytes[offset + 1] == 0xBF
            && (bytes[offset + 2] == 0xBC || bytes[offset + 2] == 0xBD)
    }

    /// Adds a run to the last part when it is text of the same index, else as a part of its own.
    private static func append(_ run: TextRun, to parts: inout [Part], index: Int) {
        if let last = parts.last, last.index == index, case .text(var runs) = last.content {
            // Taken out first, so that appending does not copy the runs collected so far.
            parts[parts.count - 1].content = .balloon
            runs.append(run)
            parts[parts.count - 1].content = .text(runs)
        } else {
            parts.append(Part(index: index, content: .text([run])))
        }
    }

    /// The parts in the order of their indexes; parts with equal indexes keep the order of the text.
    static func sorted(_ parts: [Part]) -> [Part] {
        var isSorted = true
        for position in parts.indices.dropFirst() where parts[position - 1].index > parts[position].index {
            isSorted = false
        }
        guard !isSorted else { return parts }
        return parts.enumerated().sorted { left, right in
            (left.element.index, left.offset) < (right.element.index, right.offset)
        }.map(\.element)
    }

    /// Adds a part for every index that was taken back and that no run carries.
    static func insertUnsent(_ indexes: [Int], ranges: [Int: UTF16Range], into body: inout MessageBody) {
        guard !indexes.isEmpty else { return }
        for index in indexes where !body.parts.contains(where: { $0.index == index }) {
            body.parts.append(Part(index: index, content: .unsent(originalRange: ranges[index])))
        }
        body.parts = sorted(body.parts)
    }
}
