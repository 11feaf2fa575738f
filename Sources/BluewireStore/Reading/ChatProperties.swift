//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireCodec
import Foundation

/// What is read of `chat.properties`; most of its keys change without anything happening that anybody could see.
enum ChatProperties {
    /// The transfer GUID of the group's photo; nil when there is none or the list cannot be read.
    static func groupPhoto(_ bytes: Data?) -> String? {
        guard let bytes, let list = try? PropertyList.decode([UInt8](bytes)) else { return nil }
        return list["groupPhotoGuid"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
