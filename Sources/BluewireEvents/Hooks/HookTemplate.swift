//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// A small template language: values by path, lists, and nothing that could fail once it was understood.
///
/// * `{{alert.title}}`: the value at a path; unknown paths are empty. Numbers are positions in lists.
/// * `{{#each alerts}}…{{/each}}`: the inside once for each element; paths then start at the element, `{{this}}` is the
///   element itself, and `{{@root.title}}` starts at the top again.
/// * `{{@headers.x-github-event}}`: a header of the request whose name begins with `x-`.
/// * `{{value | default:"x"}}`, `{{value | default:other.path}}`: what stands for an empty value; `| line`: the first line.
package struct HookTemplate: Hashable, Sendable {
    /// The longest text that comes of a template, in characters.
    package static let longestText = 4000
    /// The longest template, in characters.
    package static let longestTemplate = 8000

    private static let deepest = 8
    private static let mostSteps = 20_000

    private let nodes: [Node]

    private indirect enum Node: Hashable, Sendable {
        case literal(String)
        case value(Expression)
        case each([String], [Node])
    }

    private struct Expression: Hashable, Sendable {
        var path: [String]
        var filters: [Filter]
    }

    private enum Filter: Hashable, Sendable {
        case literal(String)
        case path([String])
        case line
    }

    /// Understands a template.
    ///
    /// - Throws: ``HookError`` with `template`.
    package init(_ source: String) throws(HookError) {
        guard source.count <= Self.longestTemplate else {
            throw .template("It is longer than \(Self.longestTemplate) characters.")
        }
        var parser = Parser(rest: source[...])
        nodes = try parser.nodes(depth: 0)
    }

    /// What the template makes of a payload: at most ``longestText`` characters, without white space at its ends.
    package func text(of payload: HookPayload) -> String {
        var rendering = Rendering(payload: payload)
        rendering.add(nodes, item: payload.root)
        return rendering.text
    }
}

// MARK: - Understanding

extension HookTemplate {
    private struct Parser {
        var rest: Substring
        /// Whether nothing stands before this place on its line.
        var isAtLineStart = true

        mutating func nodes(depth: Int) throws(HookError) -> [Node] {
            var nodes: [Node] = []
            while let open = rest.firstRange(of: "{{") {
                add(rest[..<open.lowerBound], to: &nodes)
                rest = rest[open.upperBound...]
                guard let close = rest.firstRange(of: "}}") else { throw .template("A “{{” is not closed.") }
                let tag = rest[..<close.lowerBound].trimmed
                rest = rest[close.upperBound...]
                if tag == "/each" {
                    guard depth > 0 else { throw .template("There is a “{{/each}}” without “{{#each …}}”.") }
                    endBlockTag()
                    return nodes
                }
                if tag.hasPrefix("#each"), tag.dropFirst(5).first?.isWhitespace == true {
                    guard depth < HookTemplate.deepest else { throw .template("Lists are nested too deeply.") }
                    let path = try Self.path(tag.dropFirst(5).trimmed)
                    endBlockTag()
                    nodes.append(.each(path, try self.nodes(depth: depth + 1)))
                } else if tag.hasPrefix("#") || tag.hasPrefix("/") {
                    throw .template("“{{\(tag.prefix(40))}}” is not known; there is “{{#each …}}”.")
                } else {
                    nodes.append(.value(try Self.expression(tag)))
                    isAtLineStart = false
                }
            }
            guard depth == 0 else { throw .template("An “{{#each …}}” is not closed by “{{/each}}”.") }
            add(rest, to: &nodes)
            rest = rest[rest.endIndex...]
            return nodes
        }

        private mutating func add(_ literal: Substring, to nodes: inout [Node]) {
            guard !literal.isEmpty else { return }
            nodes.append(.literal(String(literal)))
            isAtLineStart = literal.last?.isNewline ?? false
        }

        /// A list's tag that stands alone on its line leaves no line behind.
        private mutating func endBlockTag() {
            if isAtLineStart, rest.first?.isNewline == true { rest = rest.dropFirst() }
        }

        private static func expression(_ tag: Substring) throws(HookError) -> Expression {
            var pieces = split(tag, at: "|")
            let path = try path(pieces.removeFirst().trimmed)
            var filters: [Filter] = []
            for piece in pieces { filters.append(try filter(piece.trimmed)) }
            return Expression(path: path, filters: filters)
        }

        private static func filter(_ text: Substring) throws(HookError) -> Filter {
            if text == "line" { return .line }
            guard text.hasPrefix("default:") else {
                throw .template("The filter “\(text.prefix(40))” is not known; there are default and line.")
            }
            let value = text.dropFirst(8).trimmed
            guard value.hasPrefix("\"") else { return .path(try path(value)) }
            guard value.count >= 2, value.hasSuffix("\"") else { throw .template("A text is not closed by a quote.") }
            return .literal(String(value.dropFirst().dropLast()))
        }

        private static func path(_ text: Substring) throws(HookError) -> [String] {
            if text == "this" || text == "." { return [] }
            let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard names.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) else {
                throw .template("“\(text.prefix(40))” is not a path such as alert.title.")
            }
            return names
        }

        /// The pieces between separators outside quotes.
        private static func split(_ text: Substring, at separator: Character) -> [Substring] {
            var pieces: [Substring] = []
            var start = text.startIndex
            var isQuoted = false
            for index in text.indices {
                if text[index] == "\"" { isQuoted.toggle() }
                guard text[index] == separator, !isQuoted else { continue }
                pieces.append(text[start..<index])
                start = text.index(after: index)
            }
            return pieces + [text[start...]]
        }
    }
}

// MARK: - Rendering

extension HookTemplate {
    private struct Rendering {
        let payload: HookPayload
        private var output = ""
        private var steps = 0
        private var isFull = false

        init(payload: HookPayload) { self.payload = payload }

        /// The text so far, without empty lines at its ends and with no more than one in a row.
        var text: String {
            var lines: [Substring] = []
            for line in output.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                let trimmed = line.trimmedAtEnd
                if trimmed.isEmpty, lines.last?.isEmpty ?? true { continue }
                lines.append(trimmed)
            }
            while lines.last?.isEmpty == true { lines.removeLast() }
            let whole = lines.joined(separator: "\n")
            guard whole.count > HookTemplate.longestText || isFull else { return whole }
            return whole.prefix(HookTemplate.longestText - 1) + "…"
        }

        mutating func add(_ nodes: [Node], item: JSONValue) {
            for node in nodes {
                steps += 1
                // Twice the limit: white space may still go.
                if steps > HookTemplate.mostSteps || output.utf8.count > HookTemplate.longestText * 8 {
                    isFull = true
                    return
                }
                switch node {
                case .literal(let text): output += text
                case .value(let expression): output += value(expression, item: item)
                case .each(let path, let inside):
                    for element in found(path, item: item).elements {
                        add(inside, item: element)
                        if isFull { return }
                    }
                }
            }
        }

        private func value(_ expression: Expression, item: JSONValue) -> String {
            var text = found(expression.path, item: item).plainText
            for filter in expression.filters {
                switch filter {
                case .literal(let other): if text.isEmpty { text = other }
                case .path(let path): if text.isEmpty { text = found(path, item: item).plainText }
                case .line: text = String(text.prefix { !$0.isNewline })
                }
            }
            // One more than fits, so that it shows that something is missing.
            return String(text.prefix(HookTemplate.longestText + 1))
        }

        private func found(_ path: [String], item: JSONValue) -> JSONValue {
            switch path.first {
            case "@root": payload.root[path.dropFirst()]
            case "@headers": payload.headers[path.dropFirst()]
            default: item[path]
            }
        }
    }
}

extension Substring {
    /// Without white space at its ends.
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        return start.trimmedAtEnd
    }

    /// Without white space at its end.
    fileprivate var trimmedAtEnd: Substring {
        var text = self
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}
