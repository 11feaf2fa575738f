//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel
package import BluewireWire
package import HTTPTypes

/// What a route can take as JSON.
package typealias WireRequest = StrictRequest & SchemaDescribed

/// What a route takes and gives.
package struct RouteContract: Sendable {
    /// Its name in the API description, for example `listChats`.
    package var name: String
    /// What it does, in one line.
    package var summary: String
    /// What else there is to know.
    package var detail = ""
    /// The query items it reads; others are refused.
    package var query: [QueryItem] = []
    /// The headers it reads beside those of HTTP.
    package var headers: [HeaderItem] = []
    /// The body it takes.
    package var body: Body?
    /// What it gives when all is well.
    package var answers: [Answer]
    /// The problems it gives beside those every route of its shape may give.
    package var problems: [ProblemKind] = []
    /// Whether the API description shows it.
    package var isListed = true

    /// Whether the route reads its body in pieces and knows itself how much it takes.
    var hasOwnBodyLimit: Bool {
        if case .jsonOrBytes? = body { true } else { false }
    }

    /// A contract from its parts.
    init(_ name: String, _ summary: String, body: Body? = nil, answers: [Answer]) {
        self.name = name
        self.summary = summary
        self.body = body
        self.answers = answers
    }

    /// A body.
    package enum Body: Sendable {
        /// JSON of a type.
        case json(any WireRequest.Type)
        /// JSON of a type, or bytes of other media types; the route limits them itself.
        case jsonOrBytes((any WireRequest.Type)?, types: [String])
    }

    /// An answer.
    package struct Answer: Sendable {
        /// The status.
        package var status: HTTPResponse.Status
        /// The type of its body; nil for none.
        package var type: (any SchemaDescribed.Type)?
        /// The media type of a body that is not JSON.
        package var media: String?
        /// What a body that is not JSON looks like; bytes when nil.
        package var schema: OrderedJSON?
        /// When it is given.
        package var summary: String

        /// A value as JSON.
        static func json(
            _ type: any SchemaDescribed.Type, status: HTTPResponse.Status = .ok, _ summary: String? = nil
        ) -> Answer {
            Answer(
                status: status, type: type, media: nil,
                summary: summary ?? (status == .accepted ? "Accepted; nothing has reached anybody yet." : "Done."))
        }

        /// Nothing.
        static let empty = Answer(status: .noContent, type: nil, media: nil, summary: "Done.")

        /// Bytes of a media type.
        static func bytes(_ media: String, status: HTTPResponse.Status = .ok, _ summary: String) -> Answer {
            Answer(status: status, type: nil, media: media, summary: summary)
        }

        /// Server-sent events.
        static func events(_ summary: String) -> Answer {
            let text: OrderedJSON = ["type": "string"]
            return Answer(
                status: .ok, type: nil, media: "text/event-stream",
                schema: [
                    "type": "object",
                    "properties": [
                        "id": text, "event": text, "data": ["type": "string", "contentMediaType": "application/json"],
                        "retry": ["type": "integer"],
                    ],
                ], summary: summary)
        }

        /// A status without a body.
        static func status(_ status: HTTPResponse.Status, _ summary: String) -> Answer {
            Answer(status: status, type: nil, media: nil, summary: summary)
        }
    }
}

/// A query item a route reads.
package struct QueryItem: Sendable {
    /// Its name.
    package var name: String
    /// What it says.
    package var summary: String
    /// What its value looks like.
    package var schema: JSONSchema
    /// A value it may have.
    package var example: OrderedJSON
    /// Whether a value can be understood.
    var accepts: @Sendable (String) -> Bool

    /// Any text up to 512 characters.
    static func text(_ name: String, _ summary: String, _ example: String) -> QueryItem {
        QueryItem(name: name, summary: summary, schema: .string(.length(0...512)), example: .string(example)) {
            $0.count <= 512
        }
    }

    /// A whole number in a range.
    static func number(_ name: String, _ summary: String, _ range: ClosedRange<Int>, _ example: Int) -> QueryItem {
        QueryItem(name: name, summary: summary, schema: .integer(.range(range)), example: .integer(example)) {
            Int($0).map(range.contains) ?? false
        }
    }

    /// `true` or `false`.
    static func flag(_ name: String, _ summary: String, _ example: Bool = true) -> QueryItem {
        QueryItem(name: name, summary: summary, schema: .boolean, example: .bool(example)) {
            $0 == "true" || $0 == "false"
        }
    }

    /// One of a few texts.
    static func choice(_ name: String, _ summary: String, _ values: [String]) -> QueryItem {
        QueryItem(
            name: name, summary: summary, schema: .string(.oneOf(values)), example: .string(values.first ?? ""),
            accepts: values.contains)
    }

    /// How many elements a list gives.
    static let limit = number("limit", "How many at most; 50 when absent.", 1...1000, 20)

    /// A position of a list.
    static func page(_ name: String, _ summary: String) -> QueryItem {
        QueryItem(
            name: name, summary: summary,
            schema: .string(.pattern("^[0-9a-z-]{1,16}\\.[0-9a-z-]{1,16}\\.[0-9a-z]{1,7}$")),
            example: "a3d5f0q8zz.7k.1"
        ) { PageCursor($0) != nil }
    }
}

/// A header a route reads.
package struct HeaderItem: Sendable {
    /// Its name.
    package var name: String
    /// What it says.
    package var summary: String
    /// What its value looks like.
    package var schema: JSONSchema
    /// A value it may have.
    package var example: String
    /// Whether the route refuses requests without it.
    package var isRequired = false
    /// Whether a value can be understood.
    var accepts: @Sendable (String) -> Bool

    /// The name of a send that makes sending it twice harmless.
    static let idempotencyKey = text(
        "Idempotency-Key", "The same key and body give the first result for 24 hours; another body is refused.",
        example: "2f1c7a52-reminder")
    /// Where the bytes of a request belong.
    static let uploadOffset = HeaderItem(
        name: "Upload-Offset", summary: "How many bytes of the file come before those of the body; `received` says it.",
        schema: .string(.pattern("^(0|[1-9][0-9]{0,14})$")), example: "0", isRequired: true
    ) { text in
        (1...15).contains(text.utf8.count) && (text == "0" || !text.hasPrefix("0"))
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    /// The last event a client of an event stream saw.
    static let lastEventID = text(
        "Last-Event-ID", "The cursor to go on after; sent by event sources by themselves.", example: "3kx9-120034")

    /// Any text of 1 to 200 bytes.
    private static func text(_ name: String, _ summary: String, example: String) -> HeaderItem {
        HeaderItem(name: name, summary: summary, schema: .string(.length(1...200)), example: example) {
            (1...200).contains($0.utf8.count)
        }
    }
}
