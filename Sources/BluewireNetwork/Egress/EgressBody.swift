//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import AsyncHTTPClient
internal import NIOCore

/// The body of a response, chunk by chunk, within the limits of its request.
package struct EgressBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    let source: HTTPClientResponse.Body
    let maximumBytes: Int
    let deadline: ContinuousClock.Instant
    /// Keeps the connection's client alive while the body is read.
    let client: PinnedClient

    package func makeAsyncIterator() -> Iterator {
        Iterator(
            source: source.makeAsyncIterator(), remaining: maximumBytes, deadline: deadline, client: client
        )
    }

    /// Reads the rest of the body.
    package func collect() async throws(EgressError) -> [UInt8] {
        var bytes: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let chunk = try await iterator.next() { bytes += chunk }
        return bytes
    }

    /// Reads chunks and watches the caps.
    package struct Iterator: AsyncIteratorProtocol {
        var source: HTTPClientResponse.Body.AsyncIterator
        var remaining: Int
        let deadline: ContinuousClock.Instant
        let client: PinnedClient

        /// The next bytes; nil at the end of the body.
        package mutating func next() async throws(EgressError) -> [UInt8]? {
            let buffer: ByteBuffer?
            do {
                buffer = try await source.next(isolation: #isolation)
            } catch {
                throw EgressError(wrapping: error)
            }
            guard let buffer else { return nil }
            guard ContinuousClock.now < deadline else {
                throw EgressError(.timedOut, "The response took longer than its time limit.")
            }
            remaining -= buffer.readableBytes
            guard remaining >= 0 else { throw EgressError(.tooLarge, "The response body exceeds its limit.") }
            return Array(buffer.readableBytesView)
        }
    }
}
