//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireState
package import BluewireWire
import HTTPTypes

/// The API description, made from the route table.
package struct OpenAPIDocument {
    private let routes: [Route]
    private let version: String
    private var catalogue = SchemaCatalogue()

    /// A description of routes.
    package init(routes: [Route] = RouteTable.all, version: String) {
        self.routes = routes.filter(\.contract.isListed)
        self.version = version
    }

    /// The description as JSON.
    ///
    /// - Throws: ``SchemaError`` when a wire type and its description do not fit; tests hold that this never happens.
    package mutating func json() throws -> OrderedJSON {
        var paths: [OrderedJSON.Member] = []
        for route in routes {
            let operation = try operation(route)
            let member = OrderedJSON.Member(route.method.rawValue.lowercased(), operation)
            if let index = paths.firstIndex(where: { $0.name == route.path }) {
                guard case .object(let members) = paths[index].value else { continue }
                paths[index].value = .object(members + [member])
            } else {
                paths.append(.init(route.path, .object([member])))
            }
        }
        _ = try catalogue.schema(of: NativeProblem.self)
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Bluewire", "version": .string(version), "summary": "iMessage as an API.",
                "description": .string(Self.introduction),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/", "description": "This gateway"]],
            "security": [["bearer": []]],
            "tags": .array(tags.map { ["name": .string($0)] }),
            "paths": .object(paths),
            "components": [
                "schemas": catalogue.json,
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": "A token `bw_…` of `bluewire token create` or `POST /v1/tokens`.",
                    ]
                ],
            ],
            "x-problems": .array(ProblemKind.all.map(Self.problem)),
        ]
    }

    private static let introduction = """
        Times are RFC 3339 in UTC with three fraction digits. Lists are `{data, next, previous}` with opaque positions. \
        Unknown members and query items are refused. Errors are RFC 9457 problems with a stable `code` and a `remedy`; \
        `x-problems` lists them. New members may appear in answers at any time; nothing is renamed or removed within v1.
        """

    private static func problem(_ kind: ProblemKind) -> OrderedJSON {
        [
            "code": .string(kind.code), "status": .integer(kind.status), "title": .string(kind.title),
            "meaning": .string(kind.meaning),
        ]
    }

    private var tags: [String] {
        routes.reduce(into: []) { tags, route in
            let tag = Self.tag(route)
            if !tags.contains(tag) { tags.append(tag) }
        }
    }

    /// The resource a path is about.
    static func tag(_ route: Route) -> String {
        let segments = route.path.split(separator: "/")
        return segments.first == "v1" && segments.count > 1 ? String(segments[1]) : "gateway"
    }

    private mutating func operation(_ route: Route) throws -> OrderedJSON {
        let contract = route.contract
        var members: [OrderedJSON.Member] = [
            .init("operationId", .string(contract.name)), .init("tags", [.string(Self.tag(route))]),
            .init("summary", .string(contract.summary)),
        ]
        var detail = contract.detail
        switch route.access {
        case .open: members.append(.init("security", []))
        case .scope(let scope):
            detail += (detail.isEmpty ? "" : " ") + "Scope `\(scope)`."
            members.append(.init("x-scope", .string(scope.rawValue)))
        }
        if !detail.isEmpty { members.append(.init("description", .string(detail))) }
        let parameters = Self.parameterList(of: route)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let body = contract.body { members.append(.init("requestBody", try requestBody(body))) }
        members.append(.init("responses", try responses(route)))
        return .object(members)
    }

    private static func parameterList(of route: Route) -> [OrderedJSON] {
        let names = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
        let inPath: [OrderedJSON] = names.map { name in
            let known = PathParameter.known[name] ?? PathParameter(summary: "Its id.", example: "id")
            return [
                "name": .string(name), "in": "path", "required": true, "description": .string(known.summary),
                "schema": ["type": "string", "minLength": 1, "maxLength": 256], "example": .string(known.example),
            ]
        }
        let inQuery: [OrderedJSON] = route.contract.query.map { item in
            [
                "name": .string(item.name), "in": "query", "required": false,
                "description": .string(item.summary), "schema": item.schema.json, "example": item.example,
            ]
        }
        let inHeaders: [OrderedJSON] = route.contract.headers.map { item in
            [
                "name": .string(item.name), "in": "header", "required": .bool(item.isRequired),
                "description": .string(item.summary), "schema": item.schema.json,
                "example": .string(item.example),
            ]
        }
        return inPath + inQuery + inHeaders
    }

    private mutating func requestBody(_ body: RouteContract.Body) throws -> OrderedJSON {
        var content: [OrderedJSON.Member] = []
        switch body {
        case .json(let type): content.append(.init("application/json", try self.content(of: type)))
        case .jsonOrBytes(let type, let types):
            if let type { content.append(.init("application/json", try self.content(of: type))) }
            content += types.map { .init($0, Self.content(ofMedia: $0)) }
        }
        return ["required": true, "content": .object(content)]
    }

    private static func content(ofMedia media: String) -> OrderedJSON {
        switch media {
        case "application/json": ["schema": [:], "example": ["title": "Disk full", "message": "server-3: 98 %"]]
        case "application/x-www-form-urlencoded":
            [
                "schema": ["type": "object", "additionalProperties": ["type": "string"]],
                "example": ["title": "Disk full", "message": "server-3: 98 %"],
            ]
        case "multipart/form-data":
            [
                "schema": [
                    "type": "object", "required": ["file"],
                    "properties": ["file": ["type": "string", "format": "binary", "description": "The file."]],
                ],
                "example": ["file": "…"],
            ]
        default: ["schema": ["type": "string", "format": "binary"], "example": "…"]
        }
    }

    private mutating func content(of type: any Decodable.Type) throws -> OrderedJSON {
        let schema = try catalogue.schema(of: type)
        return ["schema": schema.json, "example": catalogue.example(of: schema)]
    }

    private mutating func responses(_ route: Route) throws -> OrderedJSON {
        var members: [OrderedJSON.Member] = []
        for answer in route.contract.answers {
            var response: [OrderedJSON.Member] = [.init("description", .string(answer.summary))]
            if let type = answer.type {
                response.append(.init("content", ["application/json": try content(of: type)]))
            } else if let media = answer.media {
                let schema = answer.schema ?? ["type": "string", "format": "binary"]
                response.append(.init("content", .object([.init(media, ["schema": schema])])))
            }
            members.append(.init(String(answer.status.code), .object(response)))
        }
        let kinds = Self.problems(route)
        for status in Set(kinds.map(\.status)).sorted() {
            let own = kinds.filter { $0.status == status }
            let text = own.map { "`\($0.code)`: \($0.meaning)" }.joined(separator: " ")
            let example = NativeProblem(own[0], remedy: "See the catalogue of problems.")
            var response: [OrderedJSON.Member] = [
                .init("description", .string(text)),
                .init(
                    "content",
                    [
                        "application/problem+json": [
                            "schema": ["$ref": "#/components/schemas/Problem"],
                            "example": [
                                "type": .string(example.type), "title": .string(example.title),
                                "status": .integer(example.status), "detail": .string(example.detail),
                                "code": .string(example.code), "remedy": .string(example.remedy),
                            ],
                        ]
                    ]),
            ]
            if status == 429 {
                response.append(
                    .init(
                        "headers",
                        [
                            "Retry-After": [
                                "description": "Seconds until the next try.", "schema": ["type": "integer"],
                            ]
                        ]))
            }
            members.append(.init(String(status), .object(response)))
        }
        return .object(members)
    }

    /// The problems a route may give: those of its shape, and its own.
    static func problems(_ route: Route) -> [ProblemKind] {
        var kinds: [ProblemKind] = [.badRequest, .wrongHost, .rateLimited, .unexpected, .unavailable]
        if case .scope = route.access { kinds += [.unauthorized, .missingScope, .forbidden, .foreignOrigin] }
        if route.path.contains("{") { kinds.append(.notFound) }
        if route.path.contains("{chat}") || route.contract.query.contains(where: { $0.name == "chat" }) {
            kinds += [.ambiguous, .notFound]
        }
        if route.contract.query.contains(where: { $0.schema.isPosition }) { kinds.append(.cursorExpired) }
        if route.contract.body != nil { kinds += [.bodyTooLarge, .invalidRequest] }
        var seen: Set<ProblemKind> = []
        return (kinds + route.contract.problems).filter { seen.insert($0).inserted }
    }
}

extension JSONSchema {
    /// Whether it is a position of a list.
    fileprivate var isPosition: Bool {
        if case .string(let rule?) = self { rule.members.contains { $0.name == "pattern" } } else { false }
    }
}

/// What a parameter of a path names.
struct PathParameter {
    var summary: String
    var example: String

    /// Every parameter of the table's paths.
    static let known: [String: PathParameter] = [
        "chat": PathParameter(
            summary: "The chat: its id, any spelling of its GUID (`any|iMessage|SMS|RCS;±;x`), or an address.",
            example: "ch_7mcmixolqbllaxwc"),
        "message": PathParameter(summary: "The message's id.", example: "29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
        "send": PathParameter(summary: "The send's id.", example: "snd_4f0a9k2m7q1x8z3c"),
        "attachment": PathParameter(
            summary: "The attachment's GUID.", example: "at_0_29F309EF-4A2E-4B13-9A55-0C8D8B7B1A01"),
        "webhook": PathParameter(summary: "The webhook's id.", example: "wh_4f0a9k2m7q1x8z3c"),
        "token": PathParameter(summary: "The token's id, not its secret.", example: "tok_4f0a9k2m7q1x8z3c"),
        "line": PathParameter(summary: "The line's id.", example: "mac"),
        "draft": PathParameter(summary: "The draft's id.", example: "drf_4f0a9k2m7q1x8z3c"),
        "kind": PathParameter(summary: "The kind of the tapback.", example: "like"),
        "address": PathParameter(summary: "The participant's address.", example: "+15551234567"),
        "contact": PathParameter(summary: "The contact's id.", example: "3F2A:ABPerson"),
        "hook": PathParameter(
            summary: "The hook's id; to post to it, its secret address.", example: "hk_4f0a9k2m7q1x8z3c"),
        "upload": PathParameter(summary: "The upload's id.", example: "up_4f0a9k2m7q1x8z3c"),
    ]
}
