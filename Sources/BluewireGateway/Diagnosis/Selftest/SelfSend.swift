//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
import BluewireStore
import BluewireWire

/// The one thing a selftest may send: a message to an own address, after a question.
struct SelfSend {
    let bench: SelftestBench

    func run(to address: String, confirm: (String) -> Bool) async -> SelftestResult {
        SelftestResult(
            id: "sending.self", group: "sending", title: "a message to oneself arrives",
            outcome: await outcome(address, confirm: confirm)
        )
    }

    private func outcome(_ address: String, confirm: (String) -> Bool) async -> SelftestCheck.Outcome {
        guard let store = try? bench.store.get(), let isOwn = try? await store.isOwn(address) else {
            return .skipped("the database was not read")
        }
        guard isOwn else {
            return .failed("the database does not prove that this address is an own one; nothing was sent")
        }
        guard confirm("Send one message to \(address)?") else { return .skipped("not confirmed; nothing was sent") }
        do {
            let options = SendRequestOptions(
                to: [address], draft: Draft(text: "Bluewire selftest"), wait: .seconds(30))
            let send = try await Sender(bench.configuration).send(options)
            return .when(Self.arrived.contains(send.state), send.state)
        } catch {
            return .failed("\(GatewayError(translating: error).code)")
        }
    }

    private static let arrived: Set<String> = ["landed", "sent", "delivered", "read"]
}
