//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// MIME types where Apple stores none: by type identifier, then by file name.
enum FileTypes {
    static func mimeType(uti: String?, name: String?) -> String? {
        if let uti, let type = byIdentifier[uti] { return type }
        guard let name, let dot = name.lastIndex(of: ".") else { return nil }
        return byExtension[name[name.index(after: dot)...].lowercased()]
    }

    private static let byIdentifier = [
        "com.apple.coreaudio-format": "audio/x-caf", "public.jpeg": "image/jpeg", "public.png": "image/png",
        "public.heic": "image/heic", "public.heif": "image/heif", "public.tiff": "image/tiff",
        "com.compuserve.gif": "image/gif", "org.webmproject.webp": "image/webp",
        "com.apple.quicktime-movie": "video/quicktime",
        "public.mpeg-4": "video/mp4", "public.mp3": "audio/mpeg", "com.apple.m4a-audio": "audio/x-m4a",
        "com.adobe.pdf": "application/pdf", "public.zip-archive": "application/zip", "public.plain-text": "text/plain",
        "public.vcard": "text/vcard", "public.vlocation": "text/x-vlocation",
    ]

    private static let byExtension = [
        "caf": "audio/x-caf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "heic": "image/heic",
        "heif": "image/heif", "heics": "image/heic-sequence", "tiff": "image/tiff", "tif": "image/tiff",
        "gif": "image/gif", "webp": "image/webp", "mov": "video/quicktime", "mp4": "video/mp4", "m4v": "video/x-m4v",
        "mp3": "audio/mpeg", "m4a": "audio/x-m4a", "amr": "audio/amr", "wav": "audio/x-wav", "pdf": "application/pdf",
        "zip": "application/zip", "txt": "text/plain", "vcf": "text/vcard", "csv": "text/csv", "html": "text/html",
        "pages": "application/vnd.apple.pages", "key": "application/vnd.apple.keynote",
        "numbers": "application/vnd.apple.numbers",
        "docx":
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
}
