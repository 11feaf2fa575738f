//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Writes the few ASN.1 types a certificate is made of, in their one DER encoding.
struct DERWriter {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    /// A value with any tag.
    mutating func element(_ tag: UInt8, _ content: some Collection<UInt8>) {
        bytes.append(tag)
        let count = content.count
        if count < 128 {
            bytes.append(UInt8(count))
        } else {
            var digits: [UInt8] = []
            var rest = count
            while rest > 0 {
                digits.insert(UInt8(truncatingIfNeeded: rest), at: 0)
                rest >>= 8
            }
            bytes.append(0x80 | UInt8(digits.count))
            bytes += digits
        }
        bytes += content
    }

    /// A value made of others.
    mutating func constructed(_ tag: UInt8, _ body: (inout DERWriter) -> Void) {
        var inner = DERWriter()
        body(&inner)
        element(tag, inner.bytes)
    }

    mutating func sequence(_ body: (inout DERWriter) -> Void) { constructed(0x30, body) }

    mutating func set(_ body: (inout DERWriter) -> Void) { constructed(0x31, body) }

    /// A value that is encoded already.
    mutating func raw(_ encoded: some Sequence<UInt8>) { bytes += encoded }

    mutating func boolean(_ value: Bool) { element(0x01, [value ? 0xFF : 0]) }

    /// A number that is not negative, from its bytes, the highest first.
    mutating func integer(_ magnitude: some Collection<UInt8>) {
        var digits = Array(magnitude.drop { $0 == 0 })
        if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
        element(0x02, digits)
    }

    /// Bits that fill their bytes.
    mutating func bitString(_ content: some Collection<UInt8>) { element(0x03, [0] + content) }

    mutating func octetString(_ content: some Collection<UInt8>) { element(0x04, content) }

    /// An object identifier of two numbers or more.
    mutating func identifier(_ numbers: [UInt64]) {
        precondition(numbers.count >= 2, "an object identifier has two numbers at least")
        var content: [UInt8] = []
        for number in [numbers[0] * 40 + numbers[1]] + numbers.dropFirst(2) {
            var digits = [UInt8(number & 0x7F)]
            var rest = number >> 7
            while rest > 0 {
                digits.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            content += digits
        }
        element(0x06, content)
    }

    mutating func text(_ value: String) { element(0x0C, Array(value.utf8)) }

    /// A moment as RFC 5280 wants it: two digits for the year until 2049, four after.
    mutating func time(_ moment: CalendarTime) {
        let clock = [moment.month, moment.day, moment.hour, moment.minute, moment.second]
            .map { ($0 < 10 ? "0" : "") + String($0) }.joined()
        if (1950..<2050).contains(moment.year) {
            let year = moment.year % 100
            element(0x17, Array(((year < 10 ? "0" : "") + String(year) + clock + "Z").utf8))
        } else {
            element(0x18, Array((String(moment.year) + clock + "Z").utf8))
        }
    }
}

/// A moment in UTC as a calendar shows it.
struct CalendarTime: Hashable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int

    /// The moment so many seconds after 1970 began.
    init(secondsSince1970 seconds: Int64) {
        let days = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let rest = Int(seconds) - days * 86_400
        // Days are counted from 1 March of year 0: leap days come last then.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
    }
}
