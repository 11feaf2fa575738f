//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if os(macOS)
    import CoreServices
#endif

/// Whether macOS lets this program, or the one that started it, control Messages.
package enum AutomationStatus {
    /// Asks macOS without asking the person: 0 for allowed, −1743 for refused, −1744 for never asked, −600 while
    /// Messages does not run; nil where there is no such thing.
    package static func ofMessages() -> Int? {
        #if os(macOS)
            var target = AEAddressDesc()
            let identifier = Array("com.apple.MobileSMS".utf8)
            guard AECreateDesc(typeApplicationBundleID, identifier, identifier.count, &target) == 0 else { return nil }
            defer { AEDisposeDesc(&target) }
            return Int(AEDeterminePermissionToAutomateTarget(&target, typeWildCard, typeWildCard, false))
        #else
            return nil
        #endif
    }
}
