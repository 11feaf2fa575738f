//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore

/// Opens the Messages database as configured.
package enum StoreFactory {
    /// The place of the database and its address book.
    package static func place(_ configuration: GatewayConfiguration) -> DatabasePlace {
        DatabasePlace(path: configuration.database, home: configuration.home)
    }

    /// A reader of the database, for commands that run without a gateway.
    ///
    /// - Throws: the store's error, with its remedy.
    package static func store(_ configuration: GatewayConfiguration) throws(StoreError) -> MessageStore {
        try MessageStore(place: place(configuration), line: configuration.line)
    }
}
