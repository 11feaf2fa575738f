//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireTransport
import HTTPTypes
import Hummingbird
import NIOCore

/// What the gateway counts, for Prometheus.
enum MetricRoutes {
    static let routes = [scrape]

    private static let scrape = Route.raw(
        .get, "/metrics", "getMetrics", .scope(.admin), "What the gateway counts, in Prometheus' text format.",
        answers: [.bytes("text/plain", "The metrics; Documentation/Metrics.md explains each.")]
    ) { _ in
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: await GatewayMetrics.registry.scrape())))
    }
}
