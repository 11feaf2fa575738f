//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Full Foundation: the working directory.
import Foundation

/// Paths as the command line gives them.
enum AbsolutePath {
    /// The path with the working directory before it, unless it is absolute; `.` and `..` are resolved.
    static func of(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path
    }
}
