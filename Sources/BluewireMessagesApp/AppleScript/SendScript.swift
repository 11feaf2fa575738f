//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// The script that sends one thing.
///
/// It is always the same text: what to send and where lies in a private file.
package enum SendScript {
    /// The source, handed to `osascript` on standard input.
    ///
    /// Its only argument is the path of the job file, whose lines are: `text` or `file`; `chat` or `participant`;
    /// the chat id or address; `iMessage` or `SMS`; the path of the file with the text, or of the file to send.
    package static let source = """
        on run argv
            set jobLines to paragraphs of (read (POSIX file (item 1 of argv)) as «class utf8»)
            set contentKind to item 1 of jobLines
            set placeKind to item 2 of jobLines
            set placeName to item 3 of jobLines
            set channelName to item 4 of jobLines
            set contentPath to item 5 of jobLines
            if contentKind is "text" then
                set theContent to (read (POSIX file contentPath) as «class utf8»)
            else
                set theContent to POSIX file contentPath
            end if
            with timeout of 25 seconds
                tell application "Messages"
                    if placeKind is "chat" then
                        set theTarget to chat id placeName
                    else if channelName is "SMS" then
                        set theTarget to participant placeName of (1st account whose service type = SMS)
                    else
                        set theTarget to participant placeName of (1st account whose service type = iMessage)
                    end if
                    send theContent to theTarget
                end tell
            end timeout
        end run

        """
}
