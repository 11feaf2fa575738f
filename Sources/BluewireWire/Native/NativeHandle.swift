//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// A person as the native surface shows one: address, channel, and the name when it is known.
package struct NativeHandle: Hashable, Sendable, Decodable {
    /// The address as Apple stores it.
    package var address: String
    /// The channel it was seen on.
    package var channel: String
    /// What to call the person; nil when only the address is known.
    package var name: String?

    /// A handle without a name.
    package init(_ handle: Handle, name: String? = nil) {
        address = handle.address
        channel = handle.channel.rawValue
        self.name = name
    }

    /// A participant with the name of its contact.
    package init(_ participant: Participant) {
        self.init(participant.handle, name: participant.contact?.name)
    }
}

extension NativeHandle: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("address", address)
            writer.member("channel", channel)
            writer.member("name", name)
        }
    }
}

/// Finds the name of an address; surfaces that know the address book pass one.
package typealias NameLookup = (Handle) -> String?
