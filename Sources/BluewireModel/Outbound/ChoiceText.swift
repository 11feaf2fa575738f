//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A question with its choices as plain text, for lines that know no lists.
public enum ChoiceText {
    /// The question, an empty line, and one numbered line for each choice.
    ///
    /// The question comes first and unchanged, so ranges in it stay what they are.
    public static func render(question: String, choices: [String]) -> String {
        guard !choices.isEmpty else { return question }
        let lines = choices.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n")
        return question.isEmpty ? lines : "\(question)\n\n\(lines)"
    }
}
