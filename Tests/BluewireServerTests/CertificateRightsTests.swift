//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
import BluewireWire
import HTTPTypes
import Testing

@testable import BluewireServer

/// What a client certificate is good for.
struct CertificateRightsTests {
    private static let known = Principal(id: "cert_phone", scopes: [.read])

    private func authenticator(_ fixture: Fixture, clients: [String: Principal] = ["pin": known]) -> Authenticator {
        ServerCore(context: fixture.context, access: AccessRules(clients: clients)).authenticator
    }

    private func caller(
        _ authenticator: Authenticator, _ headers: HTTPFields, certificate: String?, peer: String? = "10.0.0.1"
    ) async throws -> String {
        try await authenticator.principal(
            headers: headers, host: "localhost", peer: peer, certificate: certificate, isWebSocket: false
        ).id
    }

    @Test func aKnownCertificateStandsForItsClientAndATokenForItself() async throws {
        let fixture = try Fixture()
        let authenticator = authenticator(fixture)
        expectEqual(try await caller(authenticator, [:], certificate: "pin"), "cert_phone")
        let token = try await fixture.token()
        let own = try await caller(authenticator, [.authorization: "Bearer \(token)"], certificate: "pin")
        #expect(own.hasPrefix("tok_"))
    }

    @Test(arguments: [nil, "other"] as [String?])
    func withoutAKnownCertificateEvenATokenIsRefused(_ certificate: String?) async throws {
        let fixture = try Fixture()
        let authenticator = authenticator(fixture)
        let headers: HTTPFields = [.authorization: "Bearer \(try await fixture.token())"]
        let problem = await #expect(throws: NativeProblem.self) {
            _ = try await caller(authenticator, headers, certificate: certificate)
        }
        #expect(problem == .unknownCertificate)
        expectEqual(try await caller(authenticator, [:], certificate: nil, peer: nil), "local")
    }

    @Test func whereCertificatesHaveNoNamesATokenIsNeeded() async throws {
        let fixture = try Fixture()
        let authenticator = authenticator(fixture, clients: [:])
        let problem = await #expect(throws: NativeProblem.self) {
            _ = try await caller(authenticator, [:], certificate: "pin")
        }
        #expect(problem == .unauthorized)
        let token = try await fixture.token()
        let own = try await caller(authenticator, [.authorization: "Bearer \(token)"], certificate: "pin")
        #expect(own.hasPrefix("tok_"))
    }

    @Test(arguments: [
        ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
    ])
    func pagesOfStrangersGetNothingFromABrowsersCertificate(_ name: String, _ value: String) async throws {
        let fixture = try Fixture()
        let authenticator = authenticator(fixture)
        let field = try #require(HTTPField.Name(name))
        let problem = await #expect(throws: NativeProblem.self) {
            _ = try await caller(authenticator, [field: value], certificate: "pin")
        }
        #expect(problem == .foreignOrigin)
    }
}
