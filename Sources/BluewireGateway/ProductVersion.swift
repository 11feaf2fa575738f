//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The version of this build.
package enum ProductVersion {
    /// As `bluewire --version` prints it.
    package static let current = "0.1.0"
}
