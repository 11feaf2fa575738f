//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Foundation
import Synchronization

/// A thread for one task that may block: between the task's steps it waits for file events.
///
/// What the task awaits continues here too, so that nothing changes threads between a look and its commit.
final class WatchThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
        var wakeUp = FileWakeUp.called
    }

    private let state = Mutex(State())
    private let events: any FileEvents

    /// A thread that waits on `events`; it ends after ``stop()``.
    init(events: any FileEvents) {
        self.events = events
        // Foundation's thread, because SQLite blocks and the cooperative pool must not.
        let thread = Thread { [self] in work() }
        thread.name = "chat.db watcher"
        thread.stackSize = 4 << 20
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        events.wake()
    }

    /// Ends the thread once nothing is left to do.
    func stop() {
        state.withLock { $0.isStopped = true }
        events.wake()
    }

    /// What happened to the files while the task was waiting for something else.
    func takeWakeUp() -> FileWakeUp {
        state.withLock { state in
            defer { state.wakeUp = .called }
            return state.wakeUp
        }
    }

    private func work() {
        while true {
            let (job, isStopped) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isStopped)
            }
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else if isStopped {
                return
            } else {
                note(events.wait(for: nil))
            }
        }
    }

    private func note(_ wakeUp: FileWakeUp) {
        guard wakeUp == .moved || wakeUp == .written else { return }
        state.withLock { if $0.wakeUp != .moved { $0.wakeUp = wakeUp } }
    }
}
