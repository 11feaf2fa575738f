//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// What Apple's error number of an outgoing row means for the sender.
package enum AppleError {
    /// A stable code and what to do about it.
    ///
    /// Numbers Apple adds later keep their number in the code.
    package static func failure(_ number: Int) -> Send.Failure {
        switch number {
        case 2: failure("cancelled", "It was cancelled in Messages.")
        case 3: failure("timeout", "The service did not answer in time. Retry.")
        case 4:
            failure(
                "send_failed",
                "The service did not take it. For SMS, switch on Text Message Forwarding on the iPhone; else retry.")
        case 6...10: failure("network", "The Mac has no working connection. Check the network, then retry.")
        case 11: failure("network_denied", "The network refuses the service. Check the firewall, then retry.")
        case 21, 22:
            failure(
                "recipient_unreachable",
                "The address is not on iMessage or the number is not complete. Check it, or send as SMS.")
        case 23: failure("recipient_incompatible", "The recipient's device cannot show this. Send plain text.")
        case 24: failure("recipient_refused", "The recipient's side refused it. Do not retry.")
        case 25:
            failure(
                "file_unreadable",
                "Messages could not read or convert the file. Use a common format; it is staged below Pictures.")
        case 26...29: failure("encryption", "The keys of the recipient could not be used. Retry later.")
        case 30...33, 40: failure("account", "The account needs attention. Sign in to Messages again, then retry.")
        case 34, 36: failure("upload_failed", "The file could not be uploaded. Retry, or send a smaller file.")
        case 38: failure("system_update", "The service asks for a newer system. Update macOS.")
        case 39: failure("service_crashed", "The messaging service stopped. Retry.")
        case 12...20: failure("server_\(number)", "The service refused the request. Retry later.")
        default: failure("apple_\(number)", "Messages reports error \(number). Look at the message there, then retry.")
        }
    }

    private static func failure(_ code: String, _ remedy: String) -> Send.Failure {
        Send.Failure(code: code, remedy: remedy)
    }
}
