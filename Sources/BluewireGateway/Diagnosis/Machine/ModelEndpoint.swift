//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireNetwork

/// The endpoint of an agent's model, as the doctor asks it: for its list of models, which costs nothing.
package struct ModelEndpoint: Hashable, Sendable {
    /// The agent.
    package var agent: String
    /// The endpoint's base, for example `http://127.0.0.1:11434/v1`.
    package var baseURL: String
    /// The key; never printed.
    package var key: String?
    /// Private destinations that models may reach.
    package var egress: [String]

    /// An endpoint from its fields.
    package init(agent: String, baseURL: String, key: String?, egress: [String]) {
        self.agent = agent
        self.baseURL = baseURL
        self.key = key
        self.egress = egress
    }

    /// Host and port, for people.
    package var host: String {
        guard let rest = baseURL.firstRange(of: "://") else { return baseURL }
        let place = baseURL[rest.upperBound...].prefix { $0 != "/" && $0 != "?" }
        // What stands before an @ may be a password.
        return String(place.split(separator: "@").last ?? place)
    }

    /// What came of asking.
    package enum Outcome: Hashable, Sendable {
        /// It answered with a status, and a date in seconds since 1970 where it gave one.
        case answered(status: Int, date: Int64?)
        /// Nothing came back.
        case unreachable(message: String, remedy: String)
    }

    /// An endpoint and what came of asking it.
    package struct Seen: Hashable, Sendable {
        /// The endpoint.
        package var endpoint: ModelEndpoint
        /// What came of it.
        package var outcome: Outcome
        /// How many seconds this machine's clock is ahead of its server's.
        package var clockOffset: Int?

        /// An endpoint that was asked when this machine's clock said `now`.
        package init(_ endpoint: ModelEndpoint, _ outcome: Outcome, now: Int64) {
            self.endpoint = endpoint
            self.outcome = outcome
            if case .answered(_, let date?) = outcome { clockOffset = Int(now - date) }
        }
    }

    /// Asks it, within five seconds, through the same guard as the agent does.
    package func ask() async -> Outcome {
        let policy: EgressPolicy
        do throws(EgressError) {
            policy = try EgressPolicy(allow: [EgressPurpose.model.rawValue: egress])
        } catch {
            return .unreachable(message: error.message, remedy: error.remedy)
        }
        var headers: EgressHeaders = ["Accept": "application/json"]
        if let key { headers.add("Authorization", "Bearer \(key)") }
        let base = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        let request = EgressRequest(
            .model, url: base + "/models", headers: headers,
            limits: EgressLimits(connect: .seconds(3), idle: .seconds(5), total: .seconds(5)))
        do throws(EgressError) {
            let response = try await EgressClient(policy: policy).send(request)
            return .answered(
                status: response.status, date: response.headers["date"].flatMap(HTTPDate.secondsSince1970))
        } catch {
            return .unreachable(message: error.message, remedy: error.remedy)
        }
    }
}
