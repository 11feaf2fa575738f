//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this machine is called and where it is reached.
package enum LocalAddresses {
    /// Its numeric addresses, loopback first, without those that hold on one link only.
    package static var all: [String] {
        let found = ((try? System.enumerateDevices()) ?? []).compactMap { $0.address?.ipAddress }
        var addresses = ["127.0.0.1", "::1"]
        for address in found {
            let isLinkLocal = address.hasPrefix("169.254.") || address.lowercased().hasPrefix("fe80:")
            if !isLinkLocal, !address.contains("%"), !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }

    /// Its host name, and the one it has in the local network; empty when it has none.
    package static var names: [String] {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
        guard !name.isEmpty, name != "localhost" else { return [] }
        return name.contains(".") ? [name] : [name, name + ".local"]
    }
}
