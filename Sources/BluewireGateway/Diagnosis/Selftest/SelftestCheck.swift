//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireStore
// Full Foundation: files, rights.
import Foundation

/// One row of the table of checks.
struct SelftestCheck: Sendable {
    /// A stable name, `group.word`.
    let id: String
    /// What it checks, for people.
    let title: String
    /// Looks, and says what was seen.
    let run: @Sendable (SelftestBench) async -> Outcome

    /// The part of the name before the point.
    var group: String { String(id.prefix { $0 != "." }) }

    /// How a check ended, with counts, versions and fixed words only.
    enum Outcome: Hashable, Sendable {
        case passed(String)
        case skipped(String)
        case failed(String)

        /// Passed or failed by a condition, with what was seen.
        static func when(_ condition: Bool, _ detail: String) -> Outcome {
            condition ? .passed(detail) : .failed(detail)
        }
    }

    init(_ id: String, _ title: String, _ run: @escaping @Sendable (SelftestBench) async -> Outcome) {
        self.id = id
        self.title = title
        self.run = run
    }

    /// A check of what was counted in the database; skipped when it could not be read.
    static func database(
        _ id: String, _ title: String, _ look: @escaping @Sendable (DatabaseCheckup) -> Outcome
    ) -> SelftestCheck {
        SelftestCheck(id, title) { bench in
            guard let checkup = bench.checkup else { return .skipped("the database was not read") }
            return look(checkup)
        }
    }

    /// A check that asks a tool only a Mac has.
    static func tool(
        _ id: String, _ title: String, _ path: String, _ arguments: [String],
        _ look: @escaping @Sendable (DiagnosisMachine.Answer) -> Outcome
    ) -> SelftestCheck {
        SelftestCheck(id, title) { bench in
            guard let answer = await bench.machine.run(path, arguments) else {
                return .skipped("this computer has no such tool")
            }
            return look(answer)
        }
    }

    /// Every check, in the order they run.
    static let all: [SelftestCheck] = system + permissions + databaseChecks + watching + sending + state + clock
}

/// What checks work on: the machine, the database opened once, and a folder of their own.
struct SelftestBench: Sendable {
    let configuration: GatewayConfiguration
    let machine: DiagnosisMachine
    let folder: String
    let place: DatabasePlace
    /// The open database, or why it did not open.
    let store: Result<MessageStore, StoreError>
    /// What was counted in it.
    let checkup: DatabaseCheckup?
    /// How many descriptors this process had on the database before it was opened.
    let descriptorsBefore: Int

    static func prepare(_ configuration: GatewayConfiguration, machine: DiagnosisMachine, folder: String) async
        -> SelftestBench
    {
        let place = StoreFactory.place(configuration)
        let before = descriptors(on: place.path)
        let store: Result<MessageStore, StoreError>
        do throws(StoreError) {
            store = .success(try StoreFactory.store(configuration))
        } catch {
            store = .failure(error)
        }
        return SelftestBench(
            configuration: configuration, machine: machine, folder: folder, place: place, store: store,
            checkup: try? await store.get().checkup(), descriptorsBefore: before
        )
    }

    /// How many descriptors of this process lead to the file at `path`.
    static func descriptors(on path: String) -> Int {
        guard let identity = FileIdentity(path: path) else { return 0 }
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        return open.compactMap { Int32($0) }.count { FileStatus(descriptor: $0)?.identity == identity }
    }
}
