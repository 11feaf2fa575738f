//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if os(macOS)
    import CoreServices
    // Full Foundation: descriptors of Apple events.
    import Foundation
#endif

/// Whether macOS lets this program, or the one that started it, control Messages.
package enum AutomationStatus {
    /// Asks macOS without asking the person: 0 for allowed, −1743 for refused, −1744 for never asked, −600 while
    /// Messages does not run; nil where there is no such thing.
    package static func ofMessages() -> Int? {
        #if os(macOS)
            let target = NSAppleEventDescriptor(bundleIdentifier: "com.apple.MobileSMS")
            return Int(AEDeterminePermissionToAutomateTarget(target.aeDesc, typeWildCard, typeWildCard, false))
        #else
            return nil
        #endif
    }
}
