//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A request body that refuses keys it does not know, so that a misspelt option is an error and not a surprise.
package protocol StrictRequest: Decodable, SendableMetatype {
    /// The keys of the body.
    associatedtype Key: CodingKey & CaseIterable
}

/// Why a request body was refused.
package struct RequestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, with the path of the member.
    package var message: String
    /// What to send instead.
    package var remedy: String

    /// An error from its fields.
    package init(message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message) \(remedy)" }
}

extension StrictRequest {
    /// Reads a request body.
    ///
    /// - Throws: ``RequestError`` naming the member that is unknown, missing or of the wrong type.
    package init(json bytes: [UInt8]) throws(RequestError) {
        do {
            let decoder = JSONDecoder()
            let keys = try decoder.decode(KeyList.self, from: Data(bytes)).keys
            let known = Self.Key.allCases.map(\.stringValue)
            if let unknown = keys.first(where: { !known.contains($0) }) {
                throw RequestError(
                    message: "The member “\(unknown.prefix(64))” is not known here.",
                    remedy: "Known members: \(known.joined(separator: ", "))."
                )
            }
            self = try decoder.decode(Self.self, from: Data(bytes))
        } catch let error as RequestError {
            throw error
        } catch let error as DecodingError {
            throw RequestError(error)
        } catch {
            throw RequestError(message: "The body is not JSON.", remedy: "Send one JSON object in UTF-8.")
        }
    }
}

extension RequestError {
    /// The error in the words of the wire.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(
                message: "The member “\(Self.path(context, key))” is missing.", remedy: "Add it and send again.")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let path = Self.path(context)
            self.init(
                message: path.isEmpty ? "The body is not a JSON object." : "The member “\(path)” has the wrong type.",
                remedy: "See the API description for its type."
            )
        case .dataCorrupted(let context):
            let path = Self.path(context)
            self.init(
                message: path.isEmpty
                    ? "The body is not JSON." : "The member “\(path)” is wrong: \(context.debugDescription).",
                remedy: path.isEmpty ? "Send one JSON object in UTF-8." : "Correct it and send again."
            )
        @unknown default:
            self.init(message: "The body cannot be read.", remedy: "Send one JSON object in UTF-8.")
        }
    }

    private static func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
        (context.codingPath + (last.map { [$0] } ?? [])).map { String($0.stringValue.prefix(64)) }
            .joined(separator: ".")
    }
}

/// The keys of an object, whatever they are.
private struct KeyList: Decodable {
    let keys: [String]

    init(from decoder: any Decoder) throws {
        keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
