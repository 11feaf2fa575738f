//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import HTTPTypes
package import Hummingbird
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves requests as Hummingbird's `Application` does, but without its timer: a gateway that nobody calls sleeps.
package struct QuietApplication<Responder: HTTPResponder>: Sendable
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let responder: Responder
    let server: HTTPServerBuilder
    let configuration: ServerConfiguration
    let onServerRunning: @Sendable (any NIOCore.Channel) async -> Void
    let logger: Logger
    private let dates = HTTPDates()

    /// An application over a responder.
    package init(
        responder: Responder, server: HTTPServerBuilder, configuration: ServerConfiguration,
        onServerRunning: @escaping @Sendable (any NIOCore.Channel) async -> Void, logger: Logger
    ) {
        self.responder = responder
        self.server = server
        self.configuration = configuration
        self.onServerRunning = onServerRunning
        self.logger = logger
    }

    /// Listens until shut down.
    package func run() async throws {
        let (responder, dates, logger) = (responder, dates, logger)
        let service = try server.buildServer(
            configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { (request, writer: consuming ResponseWriter, channel) in
            let context = Responder.Context(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            var response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch let error as HTTPParserError {
                throw error
            } catch {
                response = Response(status: .internalServerError)
            }
            response.headers[.date] = dates.now
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // Passed on as it is, it would be answered with a second head.
                throw InterruptedAnswer()
            }
        } onServerRunning: {
            await onServerRunning($0)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [.init(service: service)], logger: logger))
        try await group.run()
    }
}

/// What the client sent while it was being answered makes no sense.
private struct InterruptedAnswer: Error {}

/// The field `Date`, made once a second at most and only when somebody asks.
private final class HTTPDates: Sendable {
    private let last = Mutex<(second: Int64, text: String)>((-1, ""))
    private let clock: any WallClock = SystemWallClock()

    var now: String {
        let second = clock.now.seconds
        return last.withLock { last in
            if last.second != second { last = (second, Self.text(second)) }
            return last.text
        }
    }

    /// The IMF-fixdate of RFC 9110.
    private static func text(_ second: Int64) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (day, rest) = (second / 86_400, second % 86_400)
        let date = Timestamp.civilDate(daysSince1970: day)
        let parts = [date.day, rest / 3600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(days[Int(day % 7)]), \(parts[0]) \(months[Int(date.month) - 1]) \(date.year) "
            + "\(parts[1]):\(parts[2]):\(parts[3]) GMT"
    }
}
