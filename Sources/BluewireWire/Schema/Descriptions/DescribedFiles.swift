//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeUpload: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Upload", "A file that was uploaded to be sent, or is being uploaded.",
        [
            .init("id", "Its id.", "up_4f0a9k2m7q1x8z3c"),
            .init("name", "The file's name, which the recipient sees.", "cat.jpg"),
            .init("mimeType", "Its media type.", "image/jpeg"),
            .init("bytes", "How large it is, or will be.", 184_320),
            .init("received", "How many bytes have arrived; where a resumed upload goes on.", 184_320),
            .init(
                "sha256", "The SHA-256 of the whole file in hexadecimal; null while something is missing.",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            .init("isComplete", "Whether it can be sent.", true),
            .init("createdAt", "When it was begun.", "2026-11-29T08:30:00.000Z"),
            .init("expiresAt", "When it goes if it is neither finished nor sent.", "2026-11-30T08:30:00.000Z"),
        ])
}

extension NativeUploadRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "UploadRequest", "The JSON body of `POST /v1/uploads`, which begins an upload in pieces.", isStrict: true,
        [
            .init("name", "The file's name.", "cat.jpg", .length(1...512)),
            .init("bytes", "How large it is.", 184_320, .range(1...1_000_000_000_000)),
            .init("mimeType", "Its media type.", "image/jpeg", .length(1...128)),
        ])
}
