//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState

extension Principal {
    /// Whether the caller sits at the gateway's own socket; tokens and sessions have prefixed ids.
    var isLocalOwner: Bool { id == Principal.owner.id }

    /// Whether the caller may see what belongs to `chat`; what belongs to no chat is seen by callers without a list.
    func sees(_ chat: ChatID?) -> Bool {
        guard let chat else { return chats == nil }
        return sees(chat)
    }
}
