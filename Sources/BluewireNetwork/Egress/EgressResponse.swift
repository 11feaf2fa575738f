//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The head of a response, and its body as it arrives.
package struct EgressResponse: Sendable {
    /// The status code.
    package var status: Int
    /// The header fields.
    package var headers: EgressHeaders
    /// The body; reading it once is possible.
    ///
    /// Dropping it closes the connection.
    package var body: EgressBody

    /// The body as server-sent events.
    package var events: ServerSentEventSequence { ServerSentEventSequence(body) }
}
