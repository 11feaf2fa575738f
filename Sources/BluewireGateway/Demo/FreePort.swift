//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

// Full Foundation: sockets.
import Foundation

/// Ports of this machine.
enum FreePort {
    /// The wanted address, or the same host with a port the system chooses when the wanted one is taken.
    static func choose(_ wanted: GatewayConfiguration.ListenAddress) -> GatewayConfiguration.ListenAddress {
        guard wanted.port != 0, isTaken(port: wanted.port) else { return wanted }
        return GatewayConfiguration.ListenAddress(host: wanted.host, port: 0)
    }

    /// Whether somebody listens on this port of the loopback address.
    static func isTaken(port: Int) -> Bool {
        #if os(Linux)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) != 0
            }
        }
    }
}
