//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The events of a response body, parsed as they arrive.
package struct ServerSentEventSequence: AsyncSequence, Sendable {
    package typealias Element = ServerSentEvent

    private let body: EgressBody
    private let parser: ServerSentEventParser

    /// The events of `body`.
    package init(_ body: EgressBody, parser: ServerSentEventParser = ServerSentEventParser()) {
        self.body = body
        self.parser = parser
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(body: body.makeAsyncIterator(), parser: parser)
    }

    /// Reads chunks until an event is complete.
    package struct Iterator: AsyncIteratorProtocol {
        var body: EgressBody.Iterator
        var parser: ServerSentEventParser
        var pending: [ServerSentEvent] = []
        var position = 0

        /// The next event; nil at the end of the body.
        ///
        /// - Throws: ``EgressError`` when the connection fails, ``ServerSentEventError`` past a cap.
        package mutating func next() async throws -> ServerSentEvent? {
            while position == pending.count {
                guard let chunk = try await body.next() else { return nil }
                pending = try parser.consume(chunk)
                position = 0
            }
            defer { position += 1 }
            return pending[position]
        }
    }
}
