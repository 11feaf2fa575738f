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

/// Keeps a second simulator away from a home; released by the system when the process dies.
struct HomeLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``SimulatorError`` with `inUse` when another process has it.
    init(home: SimulatorHome) throws {
        descriptor = open("\(home.path)/simulator.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SimulatorError(.inUse, "The lock file cannot be opened.", remedy: "Check the folder's permissions.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SimulatorError(
                .inUse, "Another simulator uses this folder.", remedy: "Stop it, or name another folder."
            )
        }
    }

    /// Gives the lock back.
    func release() {
        close(descriptor)
    }
}
