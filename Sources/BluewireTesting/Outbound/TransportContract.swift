//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

private import BluewireModel
public import BluewireTransport

/// A transport with what its far side received, for ``TransportContract``.
public struct TransportUnderTest: Sendable {
    /// How the transport under test is to fail.
    public enum Fault: Sendable, CaseIterable {
        /// Not at all.
        case none
        /// Before anything is handed over.
        case beforeHandOver
        /// After it was handed over, so that the answer is lost.
        case afterHandOver
        /// For good: a permission is denied.
        case denied
    }

    /// A transport and its far side.
    public struct Instance: Sendable {
        /// The transport.
        public var transport: any Transport
        /// The texts the far side received so far, in order.
        public var received: @Sendable () async throws -> [String]

        /// An instance from its parts.
        public init(transport: any Transport, received: @escaping @Sendable () async throws -> [String]) {
            self.transport = transport
            self.received = received
        }
    }

    /// Its name in reports.
    public var name: String
    /// A chat the far side knows.
    public var target: Target
    /// Makes a fresh transport that fails as told.
    public var make: @Sendable (Fault) async throws -> Instance

    /// A subject from its parts.
    public init(name: String, target: Target, make: @escaping @Sendable (Fault) async throws -> Instance) {
        self.name = name
        self.target = target
        self.make = make
    }
}

/// What every transport promises.
///
/// Each function throws ``TransportContractViolation`` when a promise is broken.
public enum TransportContract {
    /// Texts that break careless transports.
    public static let texts = [
        "plain", "quotes \" ' ` “ ”", "line\nbreak\r\nand\ttab", "back\\slash \\n \\\"", "emoji 👩‍👩‍👧‍👦 🏳️‍🌈 é é",
        "$(touch /tmp/x) `id` %s %n ${HOME} ; | & > <", "  leading and trailing  ", "«class utf8» & return",
        String(repeating: "0123456789", count: 1024),
    ]

    /// Every promise, in order.
    public static func checkAll(_ subject: TransportUnderTest) async throws {
        try await textsArriveUnchangedAndOnce(subject)
        try await provenFailureHandsNothingOver(subject)
        try await lostAnswerIsAmbiguous(subject)
        try await denialIsRejectedWithRemedy(subject)
        try await unsupportedIntentHandsNothingOver(subject)
        try await capabilitiesSayWhatCanBeDone(subject)
    }

    /// A text arrives byte for byte, once.
    public static func textsArriveUnchangedAndOnce(_ subject: TransportUnderTest) async throws {
        let instance = try await subject.make(.none)
        for (index, text) in texts.enumerated() {
            _ = try await instance.transport.perform(.send(Draft(text: text), to: subject.target))
            let received = try await instance.received()
            guard received.count == index + 1, received.last.map({ Array($0.utf8) }) == Array(text.utf8) else {
                throw violation(subject, "text \(index) did not arrive unchanged and once")
            }
        }
    }

    /// `unreachable` is a proof.
    public static func provenFailureHandsNothingOver(_ subject: TransportUnderTest) async throws {
        let instance = try await subject.make(.beforeHandOver)
        let error = await failure(of: .send(Draft(text: "one"), to: subject.target), instance)
        guard error?.code == .unreachable else { throw violation(subject, "down, but not unreachable") }
        guard try await instance.received().isEmpty else { throw violation(subject, "unreachable, but it arrived") }
    }

    /// A lost answer is `ambiguous`, and the transport itself does not try again.
    public static func lostAnswerIsAmbiguous(_ subject: TransportUnderTest) async throws {
        let instance = try await subject.make(.afterHandOver)
        let error = await failure(of: .send(Draft(text: "one"), to: subject.target), instance)
        guard error?.code == .ambiguous else { throw violation(subject, "a lost answer is not ambiguous") }
        guard try await instance.received().count == 1 else { throw violation(subject, "it was not handed over once") }
    }

    /// A denied permission is `rejected` and says what to do, without the text.
    public static func denialIsRejectedWithRemedy(_ subject: TransportUnderTest) async throws {
        let instance = try await subject.make(.denied)
        let error = await failure(of: .send(Draft(text: "secret words"), to: subject.target), instance)
        guard let error, error.code == .rejected else { throw violation(subject, "a denial is not rejected") }
        guard !error.remedy.isEmpty, !error.description.contains("secret") else {
            throw violation(subject, "the error has no remedy or quotes the text")
        }
        guard try await instance.received().isEmpty else { throw violation(subject, "denied, but it arrived") }
    }

    /// What it cannot do it refuses without doing anything else instead.
    public static func unsupportedIntentHandsNothingOver(_ subject: TransportUnderTest) async throws {
        let instance = try await subject.make(.none)
        let supported = await instance.transport.capabilities.supported
        let intents: [Intent] = [
            .tapback(
                target: MessageID(rawValue: "M"), part: 0, kind: .like, emoji: nil, isRemoval: false, in: subject.target
            ),
            .edit(target: MessageID(rawValue: "M"), part: 0, text: "new", in: subject.target),
            .unsend(target: MessageID(rawValue: "M"), part: 0, in: subject.target),
            .send(Draft(text: "x", replyTo: MessageID(rawValue: "M")), to: subject.target),
            .send(Draft(text: "x", effect: "com.apple.messages.effect.CKConfettiEffect"), to: subject.target),
            .send(draft { $0.mentions = [Mention(range: UTF16Range(0, 1), address: "+15550001")] }, to: subject.target),
            .send(draft { $0.choices = ["a", "b"] }, to: subject.target),
            .send(voiceNote, to: subject.target), .send(fileInText, to: subject.target),
            .send(Draft(text: "x"), to: .group(addresses: ["+15550001", "+15550002"], name: nil)),
            .chat(.rename("New"), in: subject.target), .chat(.icon(nil), in: subject.target),
            .chat(.addParticipant("+15550002"), in: subject.target),
            .chat(.removeParticipant("+15550002"), in: subject.target), .chat(.leave, in: subject.target),
            .typing(isOn: true, in: subject.target), .markRead(in: subject.target), .markUnread(in: subject.target),
        ]
        for intent in intents where !intent.required.isSubset(of: supported) {
            guard await failure(of: intent, instance)?.code == .unsupported else {
                throw violation(subject, "it did not refuse what it cannot do")
            }
        }
        guard try await instance.received().isEmpty else { throw violation(subject, "it did something else instead") }
    }

    /// A working transport can send text; nothing is both supported and excused.
    public static func capabilitiesSayWhatCanBeDone(_ subject: TransportUnderTest) async throws {
        let capabilities = await (try subject.make(.none)).transport.capabilities
        guard capabilities.supported.contains(.text) else { throw violation(subject, "it cannot send text") }
        guard capabilities.supported.isDisjoint(with: capabilities.reasons.keys) else {
            throw violation(subject, "a capability is supported and excused")
        }
        guard Capability.all.allSatisfy({ capabilities.supported.contains($0) || capabilities.reasons[$0] != nil })
        else { throw violation(subject, "a capability is missing without a reason") }
    }

    private static func draft(_ change: (inout Draft) -> Void) -> Draft {
        var draft = Draft(text: "x")
        change(&draft)
        return draft
    }

    private static var voiceNote: Draft {
        var draft = Draft(text: "", files: ["/x.caf"])
        draft.isVoiceNote = true
        return draft
    }

    private static var fileInText: Draft {
        var draft = Draft(text: "xy", files: ["/x.png"])
        draft.fileOffsets = [1]
        return draft
    }

    private static func failure(
        of intent: Intent, _ instance: TransportUnderTest.Instance
    ) async -> TransportError? {
        do throws(TransportError) {
            _ = try await instance.transport.perform(intent)
            return nil
        } catch {
            return error
        }
    }

    private static func violation(_ subject: TransportUnderTest, _ text: String) -> TransportContractViolation {
        TransportContractViolation(description: "\(subject.name): \(text)")
    }
}

/// A promise of ``TransportContract`` that was broken.
public struct TransportContractViolation: Error, CustomStringConvertible {
    /// Which transport broke which promise.
    public var description: String
}
