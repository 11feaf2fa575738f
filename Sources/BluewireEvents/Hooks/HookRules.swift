//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireState

/// The settings of a hook, understood.
package struct HookRules: Sendable {
    private let preset: HookPreset?
    private let template: HookTemplate?
    private let dedupe: HookTemplate?
    private let quiet: QuietHours?
    private let digest: Duration?

    /// Understands settings.
    ///
    /// - Throws: ``HookError`` with `template` or `settings`.
    package init(_ settings: Hook.Settings) throws(HookError) {
        switch (settings.preset, settings.template) {
        case (let name?, nil):
            guard let preset = HookPreset.named(name) else {
                throw .settings("There is no such preset; known are \(HookPreset.names.joined(separator: ", ")).")
            }
            self.preset = preset
            template = nil
        case (nil, let source?):
            preset = nil
            template = try HookTemplate(source)
        default: throw .settings("A hook has either a preset or a template.")
        }
        dedupe = if let source = settings.dedupe { try HookTemplate(source) } else { nil }
        if let times = settings.quiet {
            guard let quiet = QuietHours(times) else {
                throw .settings("The quiet hours name no time zone of the database, or end when they start.")
            }
            self.quiet = quiet
        } else {
            quiet = nil
        }
        digest = settings.digestMinutes.map { .seconds($0 * 60) }
    }

    /// The text of a payload; empty when there is none.
    func text(of payload: HookPayload) -> String {
        preset?.text(of: payload) ?? template?.text(of: payload) ?? ""
    }

    /// The dedupe key of a payload; nil for none.
    func key(of payload: HookPayload) -> String? {
        let key = dedupe.map { $0.text(of: payload) } ?? preset?.key(of: payload)
        return key.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// When something that arrives now goes out; nil for at once.
    ///
    /// - Parameter held: when what is already held goes out.
    func due(at now: Timestamp, held: Timestamp?) -> Timestamp? {
        let ready = digest.map { held ?? now + $0 } ?? now
        let due = quiet?.end(around: max(ready, now)) ?? ready
        return due > now ? due : nil
    }

    /// When the quiet span around `now` ends; nil when it is not quiet.
    func quietEnd(at now: Timestamp) -> Timestamp? { quiet?.end(around: now) }
}
