//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireServer
// Foundation: looking for programs, a private folder to work in.
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Small pictures by a program of the machine.
///
/// The program is started directly with an environment of its own, in a session of its own, with limits on memory,
/// time and what it writes, and without network where the system can take that away. It is told what kind of file it
/// gets, so that nothing a stranger sends chooses what reads it.
struct ThumbnailPrograms: ThumbnailMaking {
    private let folders: [String]
    private let timeout: Duration

    /// The folders programs lie in on the systems we know.
    static let usualFolders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/bin"]

    /// Programs in the folders of `path`, then in the usual ones.
    init(path: String, usual: [String] = usualFolders, timeout: Duration = .seconds(20)) {
        let named = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        folders = named + usual.filter { !named.contains($0) }
        self.timeout = timeout
    }

    func makeThumbnail(
        of source: String, kind: PictureKind, size: Int, at target: String
    ) async throws(ThumbnailError) {
        let able = Self.recipes.filter { $0.kinds.contains(kind) }
        let found = able.compactMap { recipe in program(recipe.program).map { (recipe, $0) } }
        guard !found.isEmpty else { throw .noProgram(remedy: Self.remedy(for: kind)) }
        for (recipe, program) in found {
            do {
                if try await run(recipe, program: program, Job(source: source, kind: kind, size: size, target: target))
                {
                    return
                }
            } catch {
                throw .failed
            }
        }
        throw .failed
    }

    // MARK: Programs

    private struct Job: Sendable {
        var source: String
        var kind: PictureKind
        var size: Int
        var target: String
    }

    /// How a program is asked.
    private struct Recipe: Sendable {
        var program: String
        var kinds: Set<PictureKind>
        /// Its arguments: the source (a link with a plain name), the kind, the size and the target.
        var arguments: @Sendable (_ source: String, Job) -> [String]
    }

    private static let images = Set(PictureKind.allCases).subtracting([.video])

    private static let recipes: [Recipe] = [
        Recipe(program: "sips", kinds: images) { source, job in
            ["-s", "format", "jpeg", "-s", "formatOptions", "80", "-Z", "\(job.size)", source, "--out", job.target]
        },
        Recipe(program: "vipsthumbnail", kinds: images) { source, job in
            [source, "--size", "\(job.size)x\(job.size)>", "--rotate", "-o", job.target + "[Q=80,strip]"]
        },
        Recipe(program: "magick", kinds: images, arguments: magick),
        Recipe(program: "convert", kinds: images, arguments: magick),
        Recipe(program: "ffmpegthumbnailer", kinds: [.video]) { source, job in
            ["-i", source, "-o", job.target, "-s", "\(job.size)", "-c", "jpeg", "-q", "8"]
        },
    ]

    /// The format stands before each name: nothing is guessed, and no format that fetches or runs anything is read.
    private static let magick: @Sendable (String, Job) -> [String] = { source, job in
        [
            "-limit", "memory", "256MiB", "-limit", "map", "512MiB", "-limit", "width", "20KP", "-limit", "height",
            "20KP", "\(job.kind.rawValue):\(source)[0]", "-auto-orient", "-thumbnail", "\(job.size)x\(job.size)>",
            "-background", "white", "-flatten", "-strip", "-quality", "80", "jpeg:\(job.target)",
        ]
    }

    private static func remedy(for kind: PictureKind) -> String {
        kind == .video
            ? "Install ffmpegthumbnailer, or download the file itself."
            : "Install vipsthumbnail (libvips) or ImageMagick, or download the file itself."
    }

    private func program(_ name: String) -> String? {
        folders.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    // MARK: Running

    /// Whether the program made the picture.
    private func run(_ recipe: Recipe, program: String, _ job: Job) async throws -> Bool {
        let folder = NSTemporaryDirectory() + "bluewire-picture-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The name of the file is a stranger's: programs see a plain one.
        let source = "\(folder)/picture.\(job.kind == .video ? "mp4" : job.kind.rawValue)"
        try FileManager.default.createSymbolicLink(atPath: source, withDestinationPath: job.source)
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        let configuration = Subprocess.Configuration(
            executable: .path("/bin/sh"),
            arguments: Arguments(["-c", Self.limits, "sh"] + isolation + [program] + recipe.arguments(source, job)),
            environment: .custom([
                "PATH": folders.joined(separator: ":"), "HOME": folder, "TMPDIR": folder, "LC_ALL": "C",
                "VIPS_CONCURRENCY": "1", "MAGICK_THREAD_LIMIT": "1",
            ]),
            workingDirectory: FilePath(folder), platformOptions: options)
        let isMade = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .discarded, error: .discarded)
                return result.terminationStatus.isSuccess
            }
            group.addTask { [timeout] in
                try await ContinuousClock().sleep(for: timeout)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        return isMade && FileManager.default.fileExists(atPath: job.target)
    }

    /// At most 2 GiB of addresses, 20 s of a core and 64 MB a file; what a system does not know is left out.
    private static let limits =
        "ulimit -v 2097152 2>/dev/null; ulimit -t 20 2>/dev/null; ulimit -f 131072 2>/dev/null; ulimit -c 0; exec \"$@\""

    /// What takes the network away; empty where the system lets nobody do that.
    private var isolation: [String] {
        #if os(macOS)
            return ["/usr/bin/sandbox-exec", "-p", "(version 1)(allow default)(deny network*)"]
        #else
            guard let unshare = program("unshare"), Self.mayUnshare else { return [] }
            return [unshare, "--map-root-user", "--net", "--"]
        #endif
    }

    /// Whether the kernel lets ordinary users make a network namespace of their own.
    private static let mayUnshare: Bool = {
        let switches = ["/proc/sys/kernel/unprivileged_userns_clone", "/proc/sys/user/max_user_namespaces"]
        let values = switches.map { try? String(contentsOfFile: $0, encoding: .utf8) }
        let isRestricted = try? String(
            contentsOfFile: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", encoding: .utf8)
        return !values.contains { $0?.hasPrefix("0") == true } && isRestricted?.hasPrefix("1") != true
    }()
}
