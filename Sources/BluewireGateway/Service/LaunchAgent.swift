//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The launch agent of a Mac; pure text.
package struct LaunchAgent: Sendable {
    private let plan: ServicePlan

    /// The agent for a plan.
    package init(_ plan: ServicePlan) { self.plan = plan }

    /// Where the gateway's own lines go.
    package var logPath: String { "\(plan.stateDirectory)/gateway.log" }

    /// The file.
    ///
    /// It lives in the session of the user at the screen: only there can Messages be controlled. The process is
    /// interactive, so that App Nap and timer coalescing leave it alone.
    package var text: String {
        let words = plan.command.map { "        <string>\(Self.escaped($0))</string>" }.joined(separator: "\n")
        // The start line carries a login code on standard output; it must not end in a file.
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
                <key>Label</key>
                <string>\(ServicePlan.label)</string>
                <key>ProgramArguments</key>
                <array>
            \(words)
                </array>
                <key>LimitLoadToSessionType</key>
                <string>Aqua</string>
                <key>RunAtLoad</key>
                <true/>
                <key>KeepAlive</key>
                <dict>
                    <key>SuccessfulExit</key>
                    <false/>
                </dict>
                <key>ThrottleInterval</key>
                <integer>10</integer>
                <key>ExitTimeOut</key>
                <integer>20</integer>
                <key>ProcessType</key>
                <string>Interactive</string>
                <key>Umask</key>
                <integer>63</integer>
                <key>StandardOutPath</key>
                <string>/dev/null</string>
                <key>StandardErrorPath</key>
                <string>\(Self.escaped(logPath))</string>
            </dict>
            </plist>

            """
    }

    /// Text as an XML element holds it.
    package static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
