//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// A link preview.
package struct RichLink: Sendable {
    /// What the link leads to.
    package enum Kind: String, Sendable {
        case url, appStore, appleMusic, placemark, collaboration
    }

    /// What the link leads to, decided by class names and fields.
    package var kind: Kind
    /// The class around the metadata.
    package var wrapperClass: String
    /// The field that holds the metadata.
    package var metadataKey: String
    /// Whether the preview was not fetched yet.
    package var isPlaceholder: Bool
    /// The metadata, everything included.
    package var metadata: ArchivedValue

    /// Reads an archive's root; nil when it is no link preview.
    package init?(_ root: ArchivedValue) {
        if let metadata = root["richLinkMetadata"] {
            metadataKey = "richLinkMetadata"
            self.metadata = metadata
        } else if let metadata = root["metadata"], root.className == "LPSharingMetadataWrapper" {
            metadataKey = "metadata"
            self.metadata = metadata
        } else {
            return nil
        }
        wrapperClass = root.className ?? ""
        isPlaceholder = root["richLinkIsPlaceholder"]?.bool ?? false
        kind = Self.kind(metadata)
    }

    /// The address after redirects, else as sent.
    package var url: String? { metadata["URL"]?.text ?? metadata["originalURL"]?.text }

    /// The title: the page's, else that of the song, app or place.
    package var title: String? {
        metadata["title"]?.text ?? metadata["specialization"]?["name"]?.text
            ?? metadata["specialization2"]?["name"]?.text ?? metadata["collaborationMetadata"]?["title"]?.text
    }

    /// The description, the artist, or the address.
    package var subtitle: String? {
        metadata["summary"]?.text ?? metadata["specialization"]?["artist"]?.text
            ?? metadata["specialization"]?["subtitle"]?.text ?? metadata["specialization2"]?["address"]?.text
    }

    private static func kind(_ metadata: ArchivedValue) -> Kind {
        if let value = metadata["collaborationMetadata"], !value.isNull { return .collaboration }
        if let value = metadata["specialization"], !value.isNull {
            switch value.className {
            case "LPiTunesMediaSongMetadata", "LPiTunesMediaAlbumMetadata": return .appleMusic
            case "LPiTunesMediaSoftwareMetadata": return .appStore
            default: return value["album"] != nil ? .appleMusic : .appStore
            }
        }
        if let value = metadata["specialization2"], !value.isNull {
            if value.className == "LPSharedObjectMetadata" { return .collaboration }
            if value.className == "LPMapMetadata", value["address"] != nil { return .placemark }
        }
        return .url
    }
}
