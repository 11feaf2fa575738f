//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A tapback that stands on a message, or that an event reports.
package struct NativeTapback: Hashable, Sendable, Decodable {
    /// The row that carries it.
    package var id: String
    /// The message reacted to.
    package var target: String
    /// The part reacted to; −1 means the whole message.
    package var part: Int
    /// `love`, `like`, `dislike`, `laugh`, `emphasize`, `question`, `emoji`, `sticker` and so on.
    package var kind: String
    /// The emoji of kind `emoji`.
    package var emoji: String?
    /// Who reacted; nil when it was us.
    package var sender: NativeHandle?
    /// Whether it was us.
    package var isFromMe: Bool
    /// When.
    package var at: NativeTime

    /// The tapback, with a name where `names` knows one.
    package init(_ tapback: Tapback, names: NameLookup? = nil) {
        id = tapback.id.rawValue
        target = tapback.target.rawValue
        part = tapback.part
        kind = tapback.kind.name
        emoji = tapback.emoji
        sender = tapback.sender.map { NativeHandle($0, name: names?($0)) }
        isFromMe = tapback.isFromMe
        at = NativeTime(tapback.date)
    }
}

extension NativeTapback: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("target", target)
            writer.member("part", part)
            writer.member("kind", kind)
            writer.member("emoji", emoji)
            writer.member("sender", sender)
            writer.member("isFromMe", isFromMe)
            writer.member("at", at)
        }
    }
}
