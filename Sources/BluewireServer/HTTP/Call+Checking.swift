//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import HummingbirdCore

extension Call {
    /// Refuses query items the route does not read, doubled ones, and values that cannot be understood.
    ///
    /// - Throws: ``NativeProblem`` 400.
    func checkQuery(_ contract: RouteContract) throws {
        var seen: Set<Substring> = []
        for (name, value) in request.uri.queryParameters {
            guard let item = contract.query.first(where: { $0.name == name }) else {
                let known = contract.query.map(\.name)
                throw NativeProblem.badRequest(
                    "The query item “\(name.prefix(64))” is not known here.",
                    remedy: known.isEmpty ? "Leave it out." : "Known items: \(known.joined(separator: ", ")).")
            }
            guard seen.insert(name).inserted else {
                throw NativeProblem.badRequest("The query item “\(name)” is there twice.", remedy: "Send it once.")
            }
            guard item.accepts(String(value)) else {
                throw NativeProblem.badRequest(
                    "The query item “\(name)” has a value that cannot be used.", remedy: item.summary)
            }
        }
    }
    /// Refuses a request without a header the route needs, and headers that cannot be understood.
    ///
    /// - Throws: ``NativeProblem`` 400.
    func checkHeaders(_ contract: RouteContract) throws {
        for item in contract.headers {
            guard let name = HTTPField.Name(item.name) else { continue }
            let values = request.headers[values: name]
            if values.isEmpty, !item.isRequired { continue }
            guard values.count == 1, item.accepts(values[0]) else {
                throw NativeProblem.badRequest(
                    "The header \(item.name) is missing, there twice, or has a value that cannot be used.",
                    remedy: item.summary)
            }
        }
    }
}
