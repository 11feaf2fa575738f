//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Runs a program that a test needs, and waits for it.
///
/// Not Foundation's `Process`: on Linux it lists the open files first and reads past the end of a list that fills its
/// buffer, which ends the test process now and then.
public enum TestProgram {
    /// A program that cannot be run or ends badly.
    public struct Failure: Error, CustomStringConvertible {
        /// What was run, and how it ended.
        public var description: String
    }

    /// Runs a program of the search path with the environment of this process.
    ///
    /// - Throws: ``Failure`` unless it ends with status 0.
    public static func run(_ arguments: String...) throws { try run(arguments) }

    /// Runs a program of the search path with the environment of this process.
    ///
    /// - Throws: ``Failure`` unless it ends with status 0.
    public static func run(_ arguments: [String]) throws {
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let error = posix_spawnp(&process, arguments[0], nil, nil, &words, environ)
        guard error == 0 else { throw Failure(description: "\(arguments[0]) cannot be run: \(error)") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(description: "\(arguments[0]) is lost: \(errno)") }
        }
        guard status == 0 else { throw Failure(description: "\(arguments[0]) ended with wait status \(status)") }
    }
}
