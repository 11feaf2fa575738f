//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireWire
import HTTPTypes
import Testing

@testable import BluewireServer

struct OpenAPITests {
    private func document() throws -> OrderedJSON {
        var document = OpenAPIDocument(version: "1.2.3")
        return try document.json()
    }

    @Test
    func everyTypeOfTheTableIsDescribedAndFitsItsDescription() throws {
        let document = try document()
        #expect(document["openapi"] == "3.1.0")
        guard case .object(let schemas)? = document["components"]?["schemas"] else {
            Issue.record("no schemas")
            return
        }
        let names = schemas.map(\.name)
        #expect(Set(names).count == names.count)
        for schema in schemas {
            guard case .string(let text)? = schema.value["description"] else {
                Issue.record("\(schema.name) has no description")
                continue
            }
            #expect(text.hasSuffix("."), "\(schema.name)")
            guard case .object(let properties)? = schema.value["properties"] else { continue }
            for property in properties {
                #expect(property.value["description"] != nil, "\(schema.name).\(property.name)")
            }
        }
    }

    @Test
    func operationsHaveNamesOfTheirOwnAndExamples() throws {
        guard case .object(let paths)? = try document()["paths"] else {
            Issue.record("no paths")
            return
        }
        var names: Set<String> = []
        for path in paths {
            guard case .object(let methods) = path.value else { continue }
            for method in methods {
                guard case .string(let name)? = method.value["operationId"] else {
                    Issue.record("\(method.name) \(path.name) has no name")
                    continue
                }
                #expect(names.insert(name).inserted, "\(name) is there twice")
                if let body = method.value["requestBody"]?["content"]?["application/json"] {
                    #expect(body["example"] != nil, "\(name)")
                }
                #expect(method.value["responses"]?["400"] != nil, "\(name)")
            }
        }
        let listed = RouteTable.all.filter(\.contract.isListed)
        #expect(names.count == listed.count)
    }

    @Test
    func parametersOfPathsAreExplained() {
        for route in RouteTable.all where route.contract.isListed {
            for segment in route.path.split(separator: "/") where segment.hasPrefix("{") {
                #expect(
                    PathParameter.known[String(segment.dropFirst().dropLast())] != nil, "\(segment) of \(route.path)")
            }
        }
    }

    @Test
    func problemsHaveCodesOfTheirOwn() {
        let codes = ProblemKind.all.map(\.code)
        #expect(Set(codes).count == codes.count)
        for kind in ProblemKind.all {
            #expect(ProblemKind(code: kind.code) == kind)
            #expect((400...599).contains(kind.status))
        }
    }
}
