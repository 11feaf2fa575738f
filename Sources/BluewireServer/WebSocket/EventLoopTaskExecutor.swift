//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import Synchronization

/// Runs tasks on an event loop; they must not block.
///
/// A loop looks at its sockets only when nothing is left to run. So that tasks which keep each other busy starve no
/// connection, those of a loop share one executor, and after a slice of time the next ones wait for a look.
final class EventLoopTaskExecutor: TaskExecutor {
    /// How long tasks may run without a look at the sockets.
    private static let slice = TimeAmount.milliseconds(5)
    /// How far ahead a task is put so that the loop looks first.
    private static let pause = TimeAmount.microseconds(100)

    private let eventLoop: any EventLoop
    /// When the current slice began, and when its last task ended.
    private let times = Mutex<(start: NIODeadline, end: NIODeadline)>((.uptimeNanoseconds(0), .uptimeNanoseconds(0)))

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let now = NIODeadline.now()
        let isUsedUp = times.withLock { now - $0.start > Self.slice && now - $0.end < Self.slice }
        if isUsedUp {
            eventLoop.scheduleTask(in: Self.pause) { self.run(job, beginsSlice: true) }
        } else {
            eventLoop.execute { self.run(job, beginsSlice: false) }
        }
    }

    private func run(_ job: UnownedJob, beginsSlice: Bool) {
        let now = NIODeadline.now()
        times.withLock { times in
            // After a pause the loop has looked by itself.
            if beginsSlice || now - times.end > Self.slice { times.start = now }
        }
        job.runSynchronously(on: asUnownedTaskExecutor())
        times.withLock { $0.end = .now() }
    }
}

/// The executors of all event loops, one each.
final class EventLoopExecutors: Sendable {
    private let executors = Mutex<[ObjectIdentifier: EventLoopTaskExecutor]>([:])

    /// The executor of a loop.
    func executor(for eventLoop: any EventLoop) -> EventLoopTaskExecutor {
        executors.withLock { executors in
            let key = ObjectIdentifier(eventLoop)
            if let known = executors[key] { return known }
            let executor = EventLoopTaskExecutor(eventLoop)
            executors[key] = executor
            return executor
        }
    }
}
