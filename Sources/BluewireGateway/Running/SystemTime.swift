//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// The machine's time of day.
package enum SystemTime {
    /// Now.
    package static var now: Timestamp { SystemWallClock().now }
}
