//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireStore
// Full Foundation: looking for the address book.
import Foundation

/// Opens the Messages database as configured.
package enum StoreFactory {
    /// The place of the database and its address book.
    package static func place(_ configuration: GatewayConfiguration) -> DatabasePlace {
        var place = DatabasePlace(path: configuration.database, home: configuration.messagesHome)
        // The address book of the home the database lies in, else one that was copied beside it.
        let candidates = ["\(place.home)/Library/Application Support/AddressBook", place.folder]
        place.addressBook = candidates.first { FileManager.default.fileExists(atPath: $0) }
        return place
    }

    /// A reader of the database, for commands that run without a gateway.
    ///
    /// - Throws: the store's error, with its remedy.
    package static func store(_ configuration: GatewayConfiguration) throws(StoreError) -> MessageStore {
        try MessageStore(place: place(configuration), line: configuration.line)
    }
}
