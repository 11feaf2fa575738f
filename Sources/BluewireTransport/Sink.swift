//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

public import BluewireModel

/// Where events go.
///
/// A sink reads the journal from its own cursor; nothing is pushed from memory alone.
public protocol Sink: Sendable {
    /// The name its cursor is stored under, for example `webhook:crm`.
    var name: String { get }

    /// Takes events in journal order. Returning means they need not be offered again.
    ///
    /// - Throws: anything; the same events are offered again after a pause.
    func receive(_ events: [GatewayEvent]) async throws
}
