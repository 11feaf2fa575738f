//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Foundation: listing the open files.
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this process uses of the machine.
struct ProcessFigures: Sendable {
    /// Resident memory; 0 when the system does not say.
    var residentBytes: Int64
    /// Processor time so far.
    var processorNanoseconds: Int64
    /// Open files; 0 when the system does not say.
    var openFiles: Int64

    /// The figures of this moment.
    static var now: ProcessFigures {
        #if os(Linux)
            let folder = "/proc/self/fd"
        #else
            let folder = "/dev/fd"
        #endif
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.count ?? 0
        return ProcessFigures(
            residentBytes: resident,
            // Microseconds on every system (POSIX, clock).
            processorNanoseconds: Int64(clock()) * 1000,
            // Listing them has one open itself.
            openFiles: Int64(max(0, files - 1)))
    }

    private static var resident: Int64 {
        #if os(Linux)
            let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
            return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
        #else
            var info = proc_taskinfo()
            let size = Int32(MemoryLayout<proc_taskinfo>.size)
            guard proc_pidinfo(getpid(), PROC_PIDTASKINFO, 0, &info, size) == size else { return 0 }
            return Int64(info.pti_resident_size)
        #endif
    }
}
