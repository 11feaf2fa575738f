//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireTransport

/// What the number in an AppleScript error means for a send.
package enum ScriptError {
    /// The number in `(-1743)` at the end of what `osascript` printed; nil when there is none.
    package static func number(in output: String) -> Int? {
        guard let open = output.lastIndex(of: "("), let close = output[open...].firstIndex(of: ")") else { return nil }
        return Int(output[output.index(after: open)..<close])
    }

    /// The error to throw.
    ///
    /// What `osascript` printed names chats and people, so none of it goes in.
    package static func error(for number: Int?) -> TransportError {
        switch number {
        case -1743:
            TransportError(
                .rejected, reason: "automation_denied",
                message: "macOS does not let Bluewire control Messages (-1743).",
                remedy:
                    "System Settings, Privacy & Security, Automation: switch on Messages for this program, then retry."
            )
        case -1728:
            TransportError(
                .rejected, reason: "chat_not_found", message: "Messages does not know this chat (-1728).",
                remedy: "Open the chat in Messages once, then retry.")
        case -1712:
            TransportError(
                .ambiguous, reason: "event_timeout", message: "Messages did not answer in time (-1712).",
                remedy: "Look whether a permission question is on the Mac's screen; look at the chat before you retry.")
        case -1700:
            TransportError(
                .rejected, reason: "wrong_type", message: "Messages could not use the chat, account or file (-1700).",
                remedy: "Check that the account of this channel is signed in to Messages and enabled, then retry.")
        case -600, -10810, -10827:
            TransportError(
                .unreachable, reason: "messages_not_running", message: "Messages is not running (\(number ?? 0)).",
                remedy: "Open Messages. It is tried again by itself.")
        case -1719:
            TransportError(
                .rejected, reason: "no_account", message: "Messages has no account for this channel (-1719).",
                remedy: "Sign in to Messages; for SMS switch on Text Message Forwarding on the iPhone. Then retry.")
        case -43, -35, -38, -39, -54, -5000:
            TransportError(
                .rejected, reason: "file_unreadable", message: "The script could not read its files (\(number ?? 0)).",
                remedy: "Check that the state directory can be read by the user who runs Messages, then retry.")
        case -10004:
            TransportError(
                .rejected, reason: "sandbox_denied", message: "macOS refused the script (-10004).",
                remedy: "Run Bluewire outside a sandbox, then retry.")
        case -2741, -2740, -2753, -1750:
            TransportError(
                .rejected, reason: "script_refused",
                message: "This macOS does not understand the script (\(number ?? 0)).",
                remedy: "Update Bluewire.")
        default:
            TransportError(
                .ambiguous, reason: "script_failed",
                message: "The script failed (\(number.map(String.init) ?? "no number")).",
                remedy: "Look at the chat; retry only if the message is not there.")
        }
    }
}
