//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireModel

/// One `data:` line of a streamed completion; unknown keys are ignored, known ones may be missing.
///
/// Names are the wire's.
struct ChatCompletionsChunk: Decodable {
    var model: String?
    var choices: [Choice]?
    var usage: Usage?
    var error: Failure?

    struct Choice: Decodable {
        var index: Int?
        var delta: Delta?
        /// Some servers send a whole message in one event.
        var message: Delta?
        var finish_reason: String?
    }

    struct Delta: Decodable {
        var content: String?
        var refusal: String?
        var tool_calls: [Call]?
    }

    struct Call: Decodable {
        var index: Int?
        var id: String?
        var function: Function?
    }

    struct Function: Decodable {
        var name: String?
        var arguments: Arguments?
    }

    /// Normally JSON text in slices; some servers send the object itself.
    enum Arguments: Decodable {
        case text(String)
        case value(JSONValue)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .value(try container.decode(JSONValue.self))
            }
        }
    }

    struct Usage: Decodable {
        var prompt_tokens: Int?
        var completion_tokens: Int?
    }

    /// The error object of the OpenAI family; a bare string from Ollama.
    struct Failure: Decodable {
        var message: String?
        var type: String?
        var code: JSONValue?

        enum CodingKeys: CodingKey { case message, type, code }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                message = text
                return
            }
            let container = try decoder.container(keyedBy: CodingKeys.self)
            message = try? container.decodeIfPresent(String.self, forKey: .message)
            type = try? container.decodeIfPresent(String.self, forKey: .type)
            code = try? container.decodeIfPresent(JSONValue.self, forKey: .code)
        }

        /// The words by which failures are told apart.
        var words: String {
            let code: String =
                switch code {
                case .string(let text)?: text
                case .integer(let number)?: String(number)
                default: ""
                }
            return "\(type ?? "") \(code)".lowercased()
        }
    }
}

/// The body of a response that is not a stream.
struct ChatCompletionsProblem: Decodable {
    var error: ChatCompletionsChunk.Failure?
}
