//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The unit of the user's systemd; pure text.
///
/// It holds every restriction that works without rights of its own. Those that need a mount namespace or capabilities
/// (`ProtectSystem`, `PrivateTmp`, `ProtectClock` and their like) stop a user's unit from starting on many systems.
package struct SystemdUnit: Sendable {
    private let plan: ServicePlan

    /// The unit for a plan.
    package init(_ plan: ServicePlan) { self.plan = plan }

    /// The file.
    package var text: String {
        // The start line carries a login code on standard output; it must not end in the journal.
        """
        [Unit]
        Description=Bluewire gateway
        StartLimitIntervalSec=300
        StartLimitBurst=10

        [Service]
        Type=exec
        ExecStart=\(command)
        ExecReload=/bin/kill -HUP $MAINPID
        EnvironmentFile=-\(Self.specifiers(plan.environmentFile))
        StandardOutput=null
        Restart=on-failure
        RestartSec=5
        RestartPreventExitStatus=77 78
        TimeoutStopSec=20
        UMask=0077
        NoNewPrivileges=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged
        SystemCallErrorNumber=EPERM
        MemoryMax=1G
        TasksMax=512

        [Install]
        WantedBy=default.target

        """
    }

    private var command: String {
        var words = plan.command
        // The variable syntax is not looked for in the program's own path.
        let program = Self.quoted(words.removeFirst())
        return ([program] + words.map { Self.quoted($0).replacing("$", with: "$$") }).joined(separator: " ")
    }

    /// A word of a command line as systemd reads it; what needs no quotes gets none.
    package static func quoted(_ word: String) -> String {
        let text = specifiers(word)
        let isPlain = text.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+=:,@%".contains($0))
        }
        guard !isPlain || text.isEmpty else { return text }
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private static func specifiers(_ text: String) -> String { text.replacing("%", with: "%%") }
}
