//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// An error as RFC 9457 tells it: what happened, and what to do.
package struct NativeProblem: Error, Hashable, Sendable, Decodable {
    /// A reference that names the kind of problem.
    package var type: String
    /// A short summary of the kind.
    package var title: String
    /// The HTTP status.
    package var status: Int
    /// What happened this time; no message text, names or addresses.
    package var detail: String
    /// A stable code.
    package var code: String
    /// What the caller can do.
    package var remedy: String
    /// The chats an ambiguous reference may mean.
    package var candidates: [String]?
    /// How many bytes of an upload have arrived, when a request names another place.
    package var received: Int64?

    /// Seconds until the caller may try again, for the `Retry-After` header; not part of the body.
    package var retryAfter: Int?
    /// The methods the path takes, for the `Allow` header; not part of the body.
    package var allowed: [String]?

    /// A problem of a kind.
    package init(_ kind: ProblemKind, detail: String? = nil, remedy: String, candidates: [String]? = nil) {
        type = "urn:bluewire:problem:" + kind.code
        title = kind.title
        status = kind.status
        self.detail = detail ?? kind.meaning
        code = kind.code
        self.remedy = remedy
        self.candidates = candidates
    }

    private enum CodingKeys: String, CodingKey { case type, title, status, detail, code, remedy, candidates, received }
}

extension NativeProblem: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", type)
            writer.member("title", title)
            writer.member("status", status)
            writer.member("detail", detail)
            writer.member("code", code)
            writer.member("remedy", remedy)
            if let candidates { writer.member("candidates", candidates) }
            if let received { writer.member("received", received) }
        }
    }
}
