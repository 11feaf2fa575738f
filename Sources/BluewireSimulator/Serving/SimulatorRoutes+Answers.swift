//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

internal import BluewireModel
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Answers with a value as JSON, or with what went wrong.
func answer(_ body: () throws -> some Encodable) -> Response {
    do {
        return json(.ok, try body())
    } catch let error as SimulatorError {
        if error.code == .cut { return cutAnswer() }
        let failure = SimulatorFailure(code: error.code.rawValue, message: error.message, remedy: error.remedy)
        return json(error.status, failure)
    } catch {
        let failure = SimulatorFailure(
            code: "internal", message: "The simulator failed: \(error).",
            remedy: "Restart it; keep the folder for a report."
        )
        return json(.internalServerError, failure)
    }
}

private func json(_ status: HTTPResponse.Status, _ value: some Encodable) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return Response(
        status: status, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
    )
}

/// Announces more than it sends, then closes: the caller cannot know what happened.
private func cutAnswer() -> Response {
    Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: ResponseBody(contentLength: 64) { _ in throw CancellationError() }
    )
}

extension SimulatorError {
    /// The HTTP status of the refusal.
    fileprivate var status: HTTPResponse.Status {
        switch code {
        case .invalid: .badRequest
        case .notFound: .notFound
        case .denied: .forbidden
        case .unreachable: .serviceUnavailable
        case .notSimulated, .inUse: .conflict
        case .cut: .ok
        }
    }
}

extension SimulatorRoutes {
    /// The chat a request means.
    func place(_ chat: String?, _ from: String?) throws -> String {
        guard let place = chat ?? from else {
            throw SimulatorError(.invalid, "Nobody is named.", remedy: "Pass chat or from.")
        }
        return place
    }

    /// A tapback's kind by name.
    func kind(_ name: String) throws -> Tapback.Kind {
        guard let kind = Tapback.Kind(name: name) else {
            throw SimulatorError(
                .invalid, "This tapback does not exist.",
                remedy: "Use love, like, dislike, laugh, emphasize, question or emoji."
            )
        }
        return kind
    }

    /// The file in a request.
    func file(_ request: FileRequest) throws -> Media? {
        guard let base64 = request.base64 else { return nil }
        guard let data = Data(base64Encoded: base64) else {
            throw SimulatorError(.invalid, "The file is not base64.", remedy: "Encode it, or leave it out.")
        }
        return Media(name: request.name ?? "file", bytes: Array(data))
    }

    /// The mentions in a request, in the order of the text.
    func mentions(_ requests: [MentionRequest]?) -> [Mention] {
        (requests ?? []).map { Mention(range: UTF16Range($0.location, $0.length), address: $0.address) }
            .sorted { $0.range.location < $1.range.location }
    }

    /// A file of this machine.
    func loaded(_ path: String) throws -> Media {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SimulatorError(.notFound, "A file to send cannot be read.", remedy: "Check its path and permissions.")
        }
        return Media(name: path, bytes: Array(data))
    }
}
