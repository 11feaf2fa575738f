//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireMessagesApp
import BluewireModel
import BluewireTransport
import Foundation

/// A stand-in for `osascript` that refuses what the real one refuses and notes what it was asked to send.
struct StandInInterpreter: Sendable {
    /// What it noted about one thing sent.
    struct Note: Decodable, Hashable {
        var kind: String
        var place: String
        var name: String
        var account: String
        /// The text in base 64, or the path of the file.
        var content: String
        /// The error number of the row: 25 for files from places Messages may not read.
        var error: Int
        /// Whether the text, the address or the path could be read in any process's arguments.
        var isLeaked: Bool

        var text: String? { Data(base64Encoded: content).map { String(decoding: $0, as: UTF8.self) } }
    }

    let folder: URL
    var notes: String { folder.path + "/notes" }
    var staging: String { folder.path + "/Pictures/Bluewire" }

    init(known chats: [String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bluewire script \(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(Self.program.utf8).write(to: folder.appendingPathComponent("osascript"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/osascript")
        try Data(chats.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("chats"))
    }

    func transport(
        mode: String = "", limit: Duration = .seconds(30), stagesElsewhere: Bool = false,
        pauses: [Duration] = [.milliseconds(1), .milliseconds(1)], clock: any WallClock = SystemWallClock()
    ) -> AppleScriptTransport {
        var configuration = AppleScriptTransport.Configuration(
            files: ScriptFiles(
                jobFolder: folder.path + "/jobs", stagingFolder: stagesElsewhere ? folder.path + "/elsewhere" : staging)
        )
        configuration.interpreter = folder.path + "/osascript"
        configuration.environment = ["STANDIN_MODE": mode, "STANDIN_FOLDER": folder.path, "STANDIN_STAGING": staging]
        configuration.limit = limit
        configuration.pauses = pauses
        configuration.clock = clock
        return AppleScriptTransport(configuration)
    }

    func sent() throws -> [Note] {
        guard let text = try? String(contentsOfFile: notes, encoding: .utf8) else { return [] }
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Note.self, from: Data($0.utf8)) }
    }

    /// How often it was started.
    func startCount() -> Int {
        ((try? String(contentsOfFile: folder.path + "/starts", encoding: .utf8)) ?? "").utf8.count
    }

    func leftovers() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/jobs")) ?? []
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static let program = """
        #!/usr/bin/env python3
        import base64, glob, json, os, stat, sys, time
        folder, mode = os.environ["STANDIN_FOLDER"], os.environ.get("STANDIN_MODE", "")
        with open(folder + "/starts", "a") as file: file.write("x")
        def fail(number, words):
            sys.stderr.write("0:42: execution error: %s (%d)\\n" % (words, number))
            sys.exit(1)
        script = sys.stdin.buffer.read().decode("utf-8")
        if len(sys.argv) != 3 or sys.argv[1] != "-" or 'tell application "Messages"' not in script:
            fail(-2741, "syntax error")
        def private(path):
            if stat.S_IMODE(os.stat(path).st_mode) != 0o600: fail(-5000, "readable by others")
            with open(path, "rb") as file: return file.read()
        kind, place, name, account, path = private(sys.argv[2]).decode("utf-8").split("\\n")
        content = private(path)
        if mode == "hang":
            # The real one hangs while a permission question is on the screen, with children of its own.
            pid = os.fork()
            with open(folder + "/pids", "a") as file: file.write("%d\\n" % os.getpid())
            time.sleep(60)
        if mode in ("-1743", "-1712", "-1700", "-600"): fail(int(mode), "Messages got an error")
        chats = open(folder + "/chats").read().split("\\n")
        if mode == "chatlost" and kind == "file": fail(-1728, "Can\\u2019t get the chat.")
        flaky = mode == "flaky" and os.path.getsize(folder + "/starts") < 3
        if place == "chat" and (name not in chats or flaky): fail(-1728, 'Can\\u2019t get chat id "%s".' % name)
        if mode == "nobody" and place == "participant": fail(-1728, "no such participant")
        if mode == "silent": sys.exit(0)
        secrets = [name.encode(), path.encode() if kind == "file" else content[:24]]
        leaked = False
        for other in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                line = open(other, "rb").read()
            except OSError:
                continue
            leaked = leaked or any(len(s) > 4 and s in line for s in secrets)
        error = 25 if kind == "file" and not path.startswith(os.environ["STANDIN_STAGING"] + "/") else 0
        note = dict(kind=kind, place=place, name=name, account=account, error=error, isLeaked=leaked,
                    content=base64.b64encode(content).decode() if kind == "text" else path)
        with open(folder + "/notes", "a") as file: file.write(json.dumps(note) + "\\n")
        if mode == "lost": fail(-1712, "AppleEvent timed out.")
        if mode == "lostfile" and kind == "file": fail(-1700, "Can\\u2019t make some data into the expected type.")

        """
}
