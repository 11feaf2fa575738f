//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What can be done to a group.
public enum ChatChange: Hashable, Sendable, Codable {
    /// Give it another name; an empty one removes the name.
    case rename(String)
    /// Give it another photo, by the path of a picture; nil removes the photo.
    case icon(String?)
    /// Add somebody.
    case addParticipant(String)
    /// Remove somebody.
    case removeParticipant(String)
    /// Leave it.
    case leave

    /// The stable name of the kind of change, for example `rename`.
    public var name: String {
        switch self {
        case .rename: "rename"
        case .icon: "icon"
        case .addParticipant: "addParticipant"
        case .removeParticipant: "removeParticipant"
        case .leave: "leave"
        }
    }
}
