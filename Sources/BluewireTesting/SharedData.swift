//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The reference data beside the checkout: captured blobs, schemas and the database generator.
///
/// It is read in place and never copied into the repository. Tests that need it carry
/// `.enabled(if: SharedData.isAvailable, "\(SharedData.skipReason)")` and then call
/// ``require(_:)``. Setting `REQUIRE_SHARED=1` makes its absence a failure instead of a skip.
public enum SharedData {
    /// Says why a test was skipped.
    public static let skipReason = "the folder `shared` is not beside the checkout; set BLUEWIRE_SHARED to its path"

    /// The folder, or nil when it is absent.
    public static let root: URL? = locate()

    /// Whether tests that need the folder should run: it exists, or its absence was declared a failure.
    public static var isAvailable: Bool { root != nil || isRequired }

    /// A file or folder below `fixtures`, for example `typedstream/Blank`; nil when it does not exist.
    public static func fixture(_ path: String) -> URL? {
        existing("fixtures/" + path)
    }

    /// A file or folder below the root, for example `fixtures/typedstream` or `tools/make_chatdb.py`.
    ///
    /// - Throws: ``MissingSharedData`` that names the path.
    public static func require(_ path: String) throws -> URL {
        guard let url = existing(path) else { throw MissingSharedData(path: path) }
        return url
    }

    /// The bytes of a file below the root.
    ///
    /// - Throws: ``MissingSharedData``, or the error of reading the file.
    public static func bytes(of path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: require(path)))
    }

    /// The names of the plain files directly inside a folder below the root, sorted.
    ///
    /// - Throws: ``MissingSharedData``, or the error of listing the folder.
    public static func files(in path: String) throws -> [String] {
        let folder = try require(path)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { name in
            var isDirectory: Bool = false
            let full = folder.appendingPathComponent(name).path
            isDirectory = (try? FileManager.default.contentsOfDirectory(atPath: full)) != nil
            return !isDirectory
        }
    }

    private static var isRequired: Bool {
        ProcessInfo.processInfo.environment["REQUIRE_SHARED"] == "1"
    }

    private static func existing(_ path: String) -> URL? {
        guard let root else { return nil }
        let url = root.appendingPathComponent(path)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    private static func locate() -> URL? {
        let candidate: URL
        if let path = ProcessInfo.processInfo.environment["BLUEWIRE_SHARED"], !path.isEmpty {
            candidate = URL(fileURLWithPath: path)
        } else {
            // Sources/BluewireTesting/SharedData.swift: three levels up is the checkout.
            let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            candidate = package.deletingLastPathComponent().appendingPathComponent("shared")
        }
        return FileManager.default.fileExists(atPath: candidate.path) ? candidate : nil
    }
}

/// A file of the shared reference data that a test needs is not there.
public struct MissingSharedData: Error, CustomStringConvertible {
    /// The path below the root.
    public var path: String

    /// An error about `path`.
    public init(path: String) { self.path = path }

    public var description: String { "shared/\(path) is missing: \(SharedData.skipReason)" }
}
