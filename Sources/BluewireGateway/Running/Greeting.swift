//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// What a started gateway says about itself, once.
package struct Greeting: Encodable, Sendable {
    /// The page with a one-time login in its fragment.
    package var url: String
    /// The TCP port.
    package var port: Int
    /// The socket for commands of this machine.
    package var socket: String
    /// How messages are sent, in one phrase.
    package var sending: String
}
