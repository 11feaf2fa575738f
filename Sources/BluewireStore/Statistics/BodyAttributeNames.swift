enum BodyAttributeNames {
    static let part = "a"
    static let writingDirection = "b"
    static let features: [String: String] = [:]
    static func names(in bytes: [UInt8]) -> Set<String>? { nil }
}
