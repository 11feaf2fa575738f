//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What somebody posted to a hook.
package struct HookPayload: Hashable, Sendable {
    /// The largest payload taken.
    package static let limit = 262_144

    /// Its value: an object, whatever was posted.
    let root: JSONValue
    /// The headers of senders, `x-…`, lower case.
    let headers: JSONValue

    /// Reads JSON, a form or plain text, whatever the sender calls it.
    ///
    /// Text becomes `{"text": …}` and a list `{"items": […]}`, so that templates have a name for everything.
    ///
    /// - Throws: ``HookError`` with `malformed`.
    package init(_ bytes: [UInt8], contentType: String?, headers: [String: String] = [:]) throws(HookError) {
        self.headers = .object(headers.mapValues { .string(String($0.prefix(256))) })
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw .malformed("The body is not text in UTF-8.")
        }
        let type = contentType?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } } ?? ""
        let looksLikeJSON = text.first { !$0.isWhitespace }.map { "{[\"".contains($0) } ?? false
        if type.hasSuffix("/json") || type.hasSuffix("+json") {
            guard let value = JSONValue(json: bytes) else { throw .malformed("The body is not JSON.") }
            root = Self.object(value)
        } else if looksLikeJSON, let value = JSONValue(json: bytes) {
            root = Self.object(value)
        } else if type == "application/x-www-form-urlencoded", text.contains("=") {
            root = Self.unwrapped(JSONValue(form: text))
        } else {
            root = .object(["text": .string(text)])
        }
    }

    private static func object(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object: value
        case .array: .object(["items": value])
        default: .object(["text": value])
        }
    }

    /// GitHub and others post a form whose only field holds the JSON.
    private static func unwrapped(_ form: JSONValue) -> JSONValue {
        guard case .object(let fields) = form, fields.count == 1, case .string(let text)? = fields["payload"],
            let value = JSONValue(json: Array(text.utf8))
        else { return form }
        return object(value)
    }
}

/// Why a hook did not take what was posted.
package enum HookError: Error, Hashable, Sendable {
    /// The body cannot be read.
    case malformed(String)
    /// The template made nothing of it.
    case noText
    /// Too much came within a minute; so many seconds are left of it.
    case tooMuch(retryAfter: Int)
    /// The hook holds back as much as it may.
    case full
    /// The template cannot be understood, and why.
    case template(String)
    /// The settings do not fit, and why.
    case settings(String)
}
