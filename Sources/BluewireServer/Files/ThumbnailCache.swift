//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
// Foundation: listing and removing files.
import Foundation
import Synchronization

/// Pictures that were made once, by the identity of the file they show; the oldest go when there are too many.
package final class ThumbnailCache: Sendable {
    private let folder: String
    private let maker: any ThumbnailMaking
    private let limit: Int
    /// Decoding takes memory: so many at a time.
    private let turnstile = Turnstile(2)

    /// The pictures in `folder`, which is made when the first one is; together at most `limit` bytes.
    package init(folder: String, maker: any ThumbnailMaking, limit: Int = 268_435_456) {
        self.folder = folder
        self.maker = maker
        self.limit = limit
    }

    /// The path of a JPEG that shows a file.
    ///
    /// - Throws: ``ThumbnailError``, or ``NativeProblem`` 404.
    func picture(of path: String, size: Int) async throws -> String {
        let source = try await FileSystemReader.open(path)
        let target = "\(folder)/\(source.tag)-\(size).jpg"
        if FileManager.default.fileExists(atPath: target) { return target }
        guard let kind = PictureKind(head: try await source.head(PictureKind.headLength)) else {
            throw ThumbnailError.notAPicture
        }
        return try await turnstile.pass {
            // Whoever waited for the same picture finds it.
            if FileManager.default.fileExists(atPath: target) { return target }
            try await make(path, kind, size, at: target)
            return target
        }
    }

    private func make(_ path: String, _ kind: PictureKind, _ size: Int, at target: String) async throws {
        let temporary = "\(folder)/new-\(UUID().uuidString).jpg"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ThumbnailError.notStored
        }
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        try await maker.makeThumbnail(of: path, kind: kind, size: size, at: temporary)
        guard let made = try? await FileSystemReader.open(temporary),
            PictureKind(head: try await made.head(PictureKind.headLength)) == .jpeg
        else { throw ThumbnailError.failed }
        do {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: temporary)
            try FileManager.default.moveItem(atPath: temporary, toPath: target)
        } catch {
            throw ThumbnailError.notStored
        }
        trim(keeping: target)
    }

    /// Removes the oldest pictures until the rest fits.
    private func trim(keeping newest: String) {
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { name in
            Entry(folder + "/" + name)
        }
        var total = files.reduce(0) { $0 + $1.bytes }
        for file in files.sorted(by: { $0.date < $1.date }) where total > limit && file.path != newest {
            try? FileManager.default.removeItem(atPath: file.path)
            total -= file.bytes
        }
    }

    private struct Entry {
        let path: String
        let bytes: Int
        let date: Date

        init?(_ path: String) {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let bytes = attributes[.size] as? NSNumber, let date = attributes[.modificationDate] as? Date
            else { return nil }
            self.path = path
            self.bytes = bytes.intValue
            self.date = date
        }
    }
}

/// Lets so many through at a time; the others wait in the order they came.
private final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func pass<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        await withCheckedContinuation { continuation in
            let mayPass = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if mayPass { continuation.resume() }
        }
        defer {
            let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard !state.waiting.isEmpty else {
                    state.free += 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            next?.resume()
        }
        return try await body()
    }
}

extension NativeProblem {
    /// Why there is no picture.
    init(_ error: ThumbnailError) {
        switch error {
        case .notAPicture:
            self.init(
                .unsupported, detail: "The file is neither an image nor a video that can be shown small.",
                remedy: "Download the file itself.")
        case .noProgram(let remedy):
            self.init(.unsupported, detail: "No program of this machine can make the picture.", remedy: remedy)
        case .failed:
            self.init(
                .unsupported, detail: "The program that makes small pictures cannot read the file.",
                remedy: "Download the file itself.")
        case .notStored:
            self.init(
                .unavailable, detail: "The picture cannot be stored.",
                remedy: "Check that the state directory can be written and that the disk has room.")
        }
    }
}
