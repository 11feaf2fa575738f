//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// A way to send.
///
/// Adding one edits no switch anywhere but the gateway's list of factories.
public protocol Transport: Sendable {
    /// The transport's name as capabilities and errors show it, for example `applescript`.
    var name: String { get }

    /// What this transport can do right now. Callers check before calling.
    var capabilities: TransportCapabilities { get async }

    /// Hands an intent over. Delivery, read state and late errors are reported by the line's event source, never here.
    ///
    /// - Throws: ``TransportError``; only ``TransportError/Code/unreachable`` proves that nothing was handed over.
    ///   Cancellation after the hand-over began is ``TransportError/Code/ambiguous``.
    func perform(_ intent: Intent) async throws(TransportError) -> Acceptance
}

/// What a transport answers when it took an intent.
public struct Acceptance: Hashable, Sendable {
    /// The GUID of the message, when the transport knows it at once.
    public var message: MessageID?

    /// An acceptance; most transports do not know the GUID.
    public init(message: MessageID? = nil) { self.message = message }
}
