//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

extension NativeListener: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Listener", "Where a gateway listens.",
        [
            .init("host", "The address or name it was told to listen on.", "0.0.0.0"),
            .init("port", "The port.", 8787),
            .init("tls", "Whether it speaks TLS.", true),
            .init(
                "pin", "The pin of its key: base64 of the SHA-256 of the public key; null without TLS.",
                "A8Gua+SjSV1xEzGS9kSS0g89d8LBg51NFUW5p0AWw6Y="),
        ])
}

extension NativeReload: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "Reload", "What reading the configuration again has brought.",
        [
            .init("applied", "The settings that changed and hold now.", ["log-level", "allowed-hosts"]),
            .init("needsRestart", "The settings that changed and hold after a restart.", ["listen"]),
            .init(
                "certificate", "What became of the certificate's files: `unchanged`, `replaced` or `unusable`.",
                "unchanged"),
        ])
}

extension NativePairRequest: SchemaDescribed {
    package static let schemaDescription = SchemaDescription(
        "PairRequest", "The body of `POST /v1/pair`.", isStrict: true,
        [.init("code", "The one-time code that `bluewire pair` shows.", "bwp_6f1Zk0mV3q2-7wZkL5mVbQ", .length(1...128))]
    )
}
