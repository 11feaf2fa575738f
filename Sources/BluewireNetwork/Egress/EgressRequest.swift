//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// One outbound HTTP request.
package struct EgressRequest: Sendable, Hashable {
    /// What it is for; decides what may be reached.
    package var purpose: EgressPurpose
    /// Where it goes.
    package var target: Target
    /// The method, for example `POST`.
    package var method: String
    /// The header fields; `Host` and `Content-Length` are set by the client.
    package var headers: EgressHeaders
    /// The body.
    package var body: [UInt8]
    /// The limits; nil means the defaults of the purpose.
    package var limits: EgressLimits?

    /// A request to a URL.
    package init(
        _ purpose: EgressPurpose, method: String = "GET", url: String, headers: EgressHeaders = [:],
        body: [UInt8] = [], limits: EgressLimits? = nil
    ) {
        self.init(purpose, method: method, target: .url(url), headers: headers, body: body, limits: limits)
    }

    /// A request to a server of this machine that listens on a Unix socket.
    package init(
        _ purpose: EgressPurpose = .simulator, method: String = "GET", socketPath: String, path: String,
        headers: EgressHeaders = [:], body: [UInt8] = [], limits: EgressLimits? = nil
    ) {
        self.init(
            purpose, method: method, target: .unixSocket(path: socketPath, uri: path), headers: headers, body: body,
            limits: limits
        )
    }

    private init(
        _ purpose: EgressPurpose, method: String, target: Target, headers: EgressHeaders, body: [UInt8],
        limits: EgressLimits?
    ) {
        self.purpose = purpose
        self.target = target
        self.method = method
        self.headers = headers
        self.body = body
        self.limits = limits
    }

    /// Where a request goes.
    package enum Target: Sendable, Hashable {
        /// An http or https URL.
        case url(String)
        /// A Unix socket and the path with query to ask for there.
        case unixSocket(path: String, uri: String)
    }
}

/// The limits of one request.
package struct EgressLimits: Sendable, Hashable {
    /// How long connecting (with TLS) may take.
    package var connect: Duration
    /// How long nothing at all may arrive.
    package var idle: Duration
    /// How long everything together may take; looked at whenever something arrives.
    package var total: Duration
    /// The largest body accepted, in bytes.
    package var maximumBodyBytes: Int

    /// Limits from their fields.
    package init(
        connect: Duration = .seconds(5), idle: Duration = .seconds(30), total: Duration = .seconds(60),
        maximumBodyBytes: Int = 8 << 20
    ) {
        self.connect = connect
        self.idle = idle
        self.total = total
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// The defaults of a purpose: models may think for a while, webhooks must answer soon, files may be large.
    package static func standard(for purpose: EgressPurpose) -> EgressLimits {
        switch purpose {
        case .webhook: EgressLimits(idle: .seconds(15), total: .seconds(20), maximumBodyBytes: 64 << 10)
        case .model: EgressLimits(idle: .seconds(90), total: .seconds(600), maximumBodyBytes: 64 << 20)
        case .media: EgressLimits(total: .seconds(300), maximumBodyBytes: 100 << 20)
        case .gateway: EgressLimits(idle: .seconds(60), total: .seconds(120), maximumBodyBytes: 64 << 20)
        case .simulator: EgressLimits(connect: .seconds(2), idle: .seconds(30), maximumBodyBytes: 64 << 20)
        }
    }
}
