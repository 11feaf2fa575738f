//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Makes small pictures with what the machine has.
package protocol ThumbnailMaking: Sendable {
    /// Makes a JPEG whose longer side is at most `size` pixels.
    ///
    /// - Parameters:
    ///   - source: a file of that kind; only read.
    ///   - target: where the picture is to lie; nothing is there yet.
    func makeThumbnail(
        of source: String, kind: PictureKind, size: Int, at target: String
    ) async throws(ThumbnailError)
}

/// Why there is no picture.
package enum ThumbnailError: Error, Hashable, Sendable {
    /// The file is neither an image nor a video.
    case notAPicture
    /// No program of this machine can do it; what to install.
    case noProgram(remedy: String)
    /// The program could not read the file, or took too long.
    case failed
    /// The state directory takes no picture.
    case notStored
}
