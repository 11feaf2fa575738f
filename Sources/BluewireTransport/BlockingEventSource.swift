//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// An event source with a thread of its own: while it waits for a commit, the commit may block.
package protocol BlockingEventSource: EventSource {}
