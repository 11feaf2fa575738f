//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireServer
import Foundation
import Testing

@testable import BluewireGateway

/// Small pictures by programs that stand in for the real ones.
@Suite struct ThumbnailProgramTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "bluewire-programs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func install(_ name: String, _ script: String) throws {
        let path = folder + "/" + name
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private func make(_ kind: PictureKind, timeout: Duration = .seconds(600)) async -> Result<String, ThumbnailError> {
        let source = folder + "/a `name` of;a stranger.bin"
        _ = FileManager.default.createFile(atPath: source, contents: Data("source".utf8))
        let target = folder + "/target.jpg"
        do throws(ThumbnailError) {
            // Only programs of the folder: those of the machine must not answer for them.
            try await ThumbnailPrograms(path: folder, usual: ["/bin", "/usr/bin"], timeout: timeout)
                .makeThumbnail(of: source, kind: kind, size: 128, at: target)
        } catch {
            return .failure(error)
        }
        return .success((try? String(contentsOfFile: target, encoding: .utf8)) ?? "")
    }

    @Test func aProgramGetsAPlainNameItsLimitsAndNoSecrets() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try install(
            "vipsthumbnail",
            """
            for last; do :; done
            target="${last%%[*}"
            echo "$(basename "$1") $(cat "$1") $2 $3 limit $(ulimit -t) $(env | grep -c ^HOME=) $(env | wc -l)" > "$target"
            """)
        let text = try await make(.png).get()
        #expect(text.hasPrefix("picture.png source --size 128x128> limit 20 1 "), "\(text)")
    }

    @Test func videosAskAnotherProgram() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try install("vipsthumbnail", "exit 1")
        try install("ffmpegthumbnailer", "echo \"$6\" > \"$4\"")
        #expect(try await make(.video).get() == "128\n")
    }

    @Test(arguments: ["exit 1", "exit 0", "kill -9 $$"])
    func aProgramThatMakesNothingFails(_ script: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try install("ffmpegthumbnailer", script)
        #expect(await make(.video) == .failure(.failed))
    }

    @Test func aProgramThatNeverEndsIsEnded() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try install("ffmpegthumbnailer", "sleep 600")
        #expect(await make(.video, timeout: .milliseconds(200)) == .failure(.failed))
    }

    @Test func whereNoProgramIsTheRemedyNamesOne() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let programs = ThumbnailPrograms(path: folder, usual: [])
        for kind in PictureKind.allCases {
            do {
                try await programs.makeThumbnail(of: "/dev/null", kind: kind, size: 64, at: folder + "/x.jpg")
                Issue.record("no program is there")
            } catch {
                guard case .noProgram(let remedy) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(remedy.hasPrefix("Install "))
            }
        }
    }
}
