//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

extension EgressError {
    /// Translates what the HTTP client throws; nothing of the request is repeated.
    init(wrapping error: any Error) {
        switch error {
        case let error as EgressError: self = error
        case is CancellationError: self.init(.cancelled, "The request was cancelled.")
        case let error as HTTPClientError: self.init(client: error)
        case is NIOConnectionError, is IOError:
            self =
                Self.isRefusal(error)
                ? EgressError(.unreachable, "Nobody listens there.", remedy: "Check that the service runs.")
                : EgressError(.interrupted, "The connection broke.")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(.unreachable, "TLS could not be established.", remedy: "Check the certificate and the host name.")
        default: self.init(.interrupted, "The connection broke.")
        }
    }

    private init(client error: HTTPClientError) {
        switch error {
        case .cancelled: self.init(.cancelled, "The request was cancelled.")
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            self.init(.unreachable, "The server did not accept the connection in time.")
        case .readTimeout, .deadlineExceeded, .writeTimeout:
            self.init(.timedOut, "The server did not answer in time.")
        case .invalidURL, .emptyHost, .missingSocketPath, .emptyScheme:
            self.init(.invalid, "The URL cannot be used.", remedy: "Correct the URL.")
        default: self.init(.interrupted, "The connection broke.")
        }
    }

    /// Failing to connect proves that nothing was sent; a reset later does not.
    private static func isRefusal(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        guard let error = error as? IOError else { return false }
        return [ECONNREFUSED, ENOENT, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode)
    }
}

#if canImport(Darwin)
    private import Darwin
#elseif canImport(Musl)
    private import Musl
#else
    private import Glibc
#endif
