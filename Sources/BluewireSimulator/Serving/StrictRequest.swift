//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A request body in which unknown keys are errors: a misspelt fault must not silently do nothing.
protocol StrictRequest: Codable, Sendable {
    associatedtype CodingKeys: CodingKey, CaseIterable
}

extension StrictRequest {
    /// Reads a body; an empty one counts as `{}`.
    static func read(_ bytes: [UInt8]) throws -> Self {
        let data = Data(bytes.isEmpty ? Array("{}".utf8) : bytes)
        let known = Set(CodingKeys.allCases.map(\.stringValue))
        do {
            let present = try JSONDecoder().decode([String: IgnoredValue].self, from: data)
            if let unknown = present.keys.sorted().first(where: { !known.contains($0) }) {
                throw SimulatorError(
                    .invalid, "The key \"\(unknown)\" is not known here.",
                    remedy: "Known keys: \(known.sorted().joined(separator: ", "))."
                )
            }
            return try JSONDecoder().decode(Self.self, from: data)
        } catch let error as DecodingError {
            throw SimulatorError(
                .invalid, "The body is not the JSON object expected: \(Self.describe(error)).",
                remedy: "Known keys: \(known.sorted().joined(separator: ", "))."
            )
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) has another type"
        case .dataCorrupted: "it is malformed"
        @unknown default: "it is malformed"
        }
    }
}

/// Any JSON value, skipped.
private struct IgnoredValue: Decodable {
    init(from decoder: any Decoder) throws {}
}

extension FaultChange: StrictRequest {}
extension MischiefOptions: StrictRequest {}
