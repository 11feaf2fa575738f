//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import BluewireServer

/// What a route answered.
struct Answer {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

/// A body that tests take as an argument; large ones are not printed.
struct Body: Sendable, CustomTestStringConvertible, ExpressibleByStringLiteral {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(stringLiteral value: String) { bytes = Array(value.utf8) }

    /// So many bytes of one kind.
    static func filled(_ count: Int, with byte: UInt8 = 0x61) -> Body { Body([UInt8](repeating: byte, count: count)) }

    var testDescription: String { bytes.count > 60 ? "\(bytes.count) bytes" : String(decoding: bytes, as: UTF8.self) }
}

extension Fixture {
    /// Calls a route of a server over everything here, through a real socket.
    func call(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, headers: HTTPFields = [:],
        body: [UInt8]? = nil
    ) async throws -> Answer {
        let application = Application(router: ServerCore(context: context).router())
        var fields = headers
        if let token { fields[.authorization] = "Bearer " + token }
        return try await application.test(.live) { [fields] client in
            try await client.execute(
                uri: path, method: method, headers: fields, body: body.map { ByteBuffer(bytes: $0) }
            ) { response in
                Answer(
                    status: response.status.code, headers: response.headers,
                    body: Array(response.body.readableBytesView))
            }
        }
    }

    /// As ``call(_:_:token:headers:body:)``, with JSON.
    func call(_ method: HTTPRequest.Method, _ path: String, token: String?, json: String) async throws -> Answer {
        try await call(
            method, path, token: token, headers: [.contentType: "application/json"], body: Array(json.utf8))
    }
}
