//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// What one attribute dictionary of a body says.
struct AttributeSet: Sendable {
    /// The part index, when the dictionary has one.
    var part: Int?
    /// The transfer GUID of an attachment.
    var transfer: String?
    /// Everything else, in the order of the dictionary.
    var attributes: [TextAttribute] = []

    /// The value of an attribute, as far as a body needs it.
    enum Value {
        case text(String)
        case integer(Int64)
        case real(Double)
        case url(String)
        case data(LentBytes, offset: Int, length: Int)
        case code(String)
        case other
    }

    /// Takes in one attribute; values of unexpected types are kept by their name.
    @inline(__always)
    mutating func apply(_ key: AttributeKey, name: @autoclosure () -> String, value: Value) {
        switch key {
        case .ignored: return
        case .part:
            if let number = Self.number(value) { part = number }
        default: applyRare(key, name: name(), value: value)
        }
    }

    private mutating func applyRare(_ key: AttributeKey, name: String, value: Value) {
        switch (key, value) {
        case (.transfer, .text(let guid)): transfer = guid
        case (.transcription, .text(let text)): attributes.append(.transcription(text))
        case (.mention, .text(let address)): attributes.append(.mention(address: address))
        case (.link, .url(let target)), (.link, .text(let target)): attributes.append(.link(target))
        case (.oneTimeCode, .code(let code)): attributes.append(.oneTimeCode(code))
        case (.detected, .data(let bytes, let offset, let length)):
            if let found = DetectedData(bytes, offset, length) {
                attributes.append(.detected(type: found.type, matched: found.matched))
            } else {
                attributes.append(.unknown(name: name))
            }
        case (.bold, _), (.italic, _), (.underline, _), (.strikethrough, _), (.effect, _):
            applyStyle(key, name: name, number: Self.number(value))
        default: attributes.append(.unknown(name: name))
        }
    }

    private mutating func applyStyle(_ key: AttributeKey, name: String, number: Int?) {
        guard let number else { return attributes.append(.unknown(name: name)) }
        guard number != 0 else { return }
        switch key {
        case .bold: attributes.append(.bold)
        case .italic: attributes.append(.italic)
        case .underline: attributes.append(.underline)
        case .strikethrough: attributes.append(.strikethrough)
        default: attributes.append(.effect(number))
        }
    }

    private static func number(_ value: Value) -> Int? {
        switch value {
        case .integer(let number): Int(number)
        case .real(let number): Int(exactly: number)
        default: nil
        }
    }
}
