//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
package import BluewireWire
import Synchronization

/// What can be changed about a server, and seen of it, while it listens.
///
/// Every request and connection asks for the rules that hold now; what was admitted before stays.
package final class ServerControls: Sendable {
    private struct State {
        var rules: AccessRules
        var origins: OriginPolicy
        var identity: ServerIdentity?
        var listener: NativeListener?
    }

    /// What looking at the certificate's files again has brought.
    package enum CertificateRefresh: Hashable, Sendable {
        /// They hold what is in use, or there are none.
        case unchanged
        /// What they hold now is in use.
        case replaced
        /// They changed, and cannot be used; what was in use stays.
        case unusable
    }

    private let state: Mutex<State>
    private let onListenerChange: @Sendable () -> Void

    /// Controls of a server that begins with these rules.
    ///
    /// - Parameter onListenerChange: told when the server listens, and when its certificate was replaced.
    package init(_ rules: AccessRules = AccessRules(), onListenerChange: @escaping @Sendable () -> Void = {}) {
        self.onListenerChange = onListenerChange
        state = Mutex(State(rules: rules, origins: OriginPolicy(names: rules.hosts)))
    }

    /// Puts other rules into force.
    package func replace(_ rules: AccessRules) {
        state.withLock { state in
            state.rules = rules
            state.origins = OriginPolicy(names: rules.hosts)
        }
    }

    /// Takes over what the certificate's files hold now; blocks while it reads them.
    package func refreshCertificate() -> CertificateRefresh {
        guard let identity = state.withLock({ $0.identity }) else { return .unchanged }
        let refresh = identity.refresh()
        if refresh == .replaced {
            let pin = identity.pin
            state.withLock { $0.listener?.pin = pin }
            onListenerChange()
        }
        return refresh
    }

    /// Where the server listens; nil before it does.
    package var listener: NativeListener? { state.withLock { $0.listener } }

    var limits: ServerLimits { state.withLock { $0.rules.limits } }

    var clients: [String: Principal] { state.withLock { $0.rules.clients } }

    var origins: OriginPolicy { state.withLock { $0.origins } }

    func admits(_ address: String) -> Bool {
        let admits = state.withLock { $0.rules.admits }
        return admits(address)
    }

    /// Notes what the listener shows.
    func note(_ identity: ServerIdentity) { state.withLock { $0.identity = identity } }

    /// Notes that the server listens.
    func note(host: String, port: Int) {
        state.withLock { state in
            state.listener = NativeListener(
                host: host, port: port, isTLS: state.identity != nil, pin: state.identity?.pin)
        }
        onListenerChange()
    }
}
