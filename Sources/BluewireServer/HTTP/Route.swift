//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireState
package import HTTPTypes
package import Hummingbird

/// One route: what the table says about it is what the router does and what the API description tells.
package struct Route: Sendable {
    /// The method.
    package var method: HTTPRequest.Method
    /// The path, with parameters in braces.
    package var path: String
    /// Who may call it.
    package var access: Access
    /// What it does, in one line.
    package var summary: String
    /// Answers a call.
    package var handler: Handler

    /// Answers a call.
    package typealias Handler = @Sendable (Call) async throws -> Response

    /// Who may call a route.
    package enum Access: Hashable, Sendable {
        /// Anybody.
        case open
        /// Callers with this scope.
        case scope(Scope)
    }

    /// A route that answers `GET`.
    static func get(_ path: String, _ access: Access, _ summary: String, _ handler: @escaping Handler) -> Route {
        Route(method: .get, path: path, access: access, summary: summary, handler: handler)
    }

    /// A route that answers `POST`.
    static func post(_ path: String, _ access: Access, _ summary: String, _ handler: @escaping Handler) -> Route {
        Route(method: .post, path: path, access: access, summary: summary, handler: handler)
    }

    /// A route that answers `DELETE`.
    static func delete(_ path: String, _ access: Access, _ summary: String, _ handler: @escaping Handler) -> Route {
        Route(method: .delete, path: path, access: access, summary: summary, handler: handler)
    }
}
