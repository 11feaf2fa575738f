//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireState

/// Decides which refusals are written and which are only counted; pure.
///
/// A stranger can cause any number of refusals. Of each kind an actor gets ten a minute and everybody together sixty;
/// the rest of the minute becomes one entry that says how many there were.
struct AuditLimiter: Sendable {
    /// How many refusals of one kind one actor gets written in a window.
    static let perActor = 10
    /// How many refusals of one kind are written in a window.
    static let perAction = 60
    /// How long a window is.
    static let window: Duration = .seconds(60)

    private struct Window {
        var end: Timestamp
        var written = 0
        var byActor: [String: Int] = [:]
        var suppressed = 0
        var outcome: String
    }

    private var windows: [String: Window] = [:]

    /// Whether `fact` is written; otherwise it was counted.
    mutating func admits(_ fact: AuditFact, by actor: String, at now: Timestamp) -> Bool {
        var window = windows[fact.action] ?? Window(end: now + Self.window, outcome: fact.outcome)
        defer { windows[fact.action] = window }
        guard window.written < Self.perAction, window.byActor[actor, default: 0] < Self.perActor else {
            window.suppressed += 1
            return false
        }
        window.written += 1
        window.byActor[actor, default: 0] += 1
        return true
    }

    /// Notes that a refusal that was admitted could not be kept after all.
    mutating func suppress(_ action: String) { windows[action]?.suppressed += 1 }

    /// When the next window with something to tell ends; nil when none does.
    var nextEnd: Timestamp? { windows.values.lazy.filter { $0.suppressed > 0 }.map(\.end).min() }

    /// Ends the windows whose time has come, or all of them, and returns what they have to tell.
    mutating func endWindows(at now: Timestamp, all: Bool = false) -> [AuditFact] {
        // A window that ends further ahead than any can was begun before the clock went back.
        let ended = windows.filter { all || $0.value.end <= now || $0.value.end > now + Self.window }
        for action in ended.keys { windows[action] = nil }
        return ended.filter { $0.value.suppressed > 0 }.sorted { $0.key < $1.key }.map { action, window in
            .summary(of: action, outcome: window.outcome, count: window.suppressed)
        }
    }
}
