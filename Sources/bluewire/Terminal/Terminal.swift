//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Full Foundation: file handles and the terminal's size.
import Foundation

/// Standard output and error as this process has them: width, colour, and text that cannot play tricks.
struct Terminal: Sendable {
    let width: Int
    let hasColour: Bool

    /// The process's own terminal: 80 columns and no colour when output is a file or a pipe.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        var size = winsize()
        let isTerminal = isatty(STDOUT_FILENO) == 1
        if let columns = environment["COLUMNS"].flatMap(Int.init), columns >= 40 {
            width = columns
        } else if isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 {
            width = Int(size.ws_col)
        } else {
            width = 80
        }
        hasColour = isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    /// Writes a line to standard output at once; a closed pipe ends the process quietly, as other tools do.
    func line(_ text: String) {
        write(text + "\n", to: .standardOutput)
    }

    /// Writes a question to standard output and stays on its line.
    func prompt(_ text: String) {
        write(text, to: .standardOutput)
    }

    /// Writes a line to standard error.
    func note(_ text: String) {
        write(text + "\n", to: .standardError)
    }

    func styled(_ text: String, _ style: Style) -> String {
        hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
    }

    private func write(_ text: String, to handle: FileHandle) {
        do {
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            exit(141)
        }
    }
}
