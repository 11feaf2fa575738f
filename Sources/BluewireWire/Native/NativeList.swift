//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

package import BluewireModel

/// One page of a list: newest first, with opaque cursors.
package struct NativeList<Element: Decodable & JSONWritable & Sendable>: Decodable, Sendable {
    /// The elements.
    package var data: [Element]
    /// Where the next page starts; nil at the end.
    package var next: String?
    /// Where the previous page ends; nil at the start.
    package var previous: String?

    /// A page from its parts.
    package init(_ data: [Element], next: String? = nil, previous: String? = nil) {
        self.data = data
        self.next = next
        self.previous = previous
    }

    /// A page of the model, each element mapped.
    package init<Source>(_ page: Page<Source>, _ map: (Source) -> Element) {
        self.init(page.elements.map(map), next: page.next?.description, previous: page.previous?.description)
    }
}

extension NativeList: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("data", data)
            writer.member("next", next)
            writer.member("previous", previous)
        }
    }
}

extension NativeList: Equatable where Element: Equatable {}

extension NativeList: SchemaDescribed where Element: SchemaDescribed {
    package static var schemaDescription: SchemaDescription {
        SchemaDescription(
            Element.schemaDescription.name + "List", "One page of a list.",
            [
                .init("data", "The elements."),
                .init("next", "Where the next page starts; null at the end.", "a3d5f0q8zz.7k.1"),
                .init("previous", "Where the previous page ends; null at the start.", .null),
            ])
    }
}
