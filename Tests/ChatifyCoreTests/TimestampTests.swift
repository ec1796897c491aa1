import ChatifyCore
import Foundation
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.001Z", 1),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2026-01-15T10:30:00.123Z", 1_768_473_000_123),
            ("2026-01-15T10:30:00.1Z", 1_768_473_000_100),
            ("2026-01-15T10:30:00.12Z", 1_768_473_000_120),
            ("2026-01-15T10:30:00.1239Z", 1_768_473_000_123),
            ("2026-01-15T10:30:00.123999999Z", 1_768_473_000_123),
            ("2026-01-15T10:30:00.000000001Z", 1_768_473_000_000),
            ("2026-01-15t10:30:00z", 1_768_473_000_000),
            ("2026-01-15T12:30:00+02:00", 1_768_473_000_000),
            ("2026-01-15T05:00:00-05:30", 1_768_473_000_000),
            ("2026-01-16T10:29:00+23:59", 1_768_473_000_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("0001-01-01T01:00:00.000+01:00", -62_135_596_800_000),
        ] as [(String, Int64)]
    )
    func reads(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.millisecondsSinceEpoch == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-01-15", "2026-01-15T10:30:00", "2026-01-15 10:30:00Z", "2026-01-15T10:30Z",
        "2026-1-15T10:30:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-01-15T24:00:00Z", "2026-01-15T10:60:00Z", "2026-01-15T23:59:60Z", "2026-01-15T10:30:00.Z",
        "2026-01-15T10:30:00.1234567890Z", "2026-01-15T10:30:00+0200", "2026-01-15T10:30:00+24:00",
        "2026-01-15T10:30:00+02:60", "2026-01-15T10:30:00+02", "2026-01-15T10:30:00ZZ", " 2026-01-15T10:30:00Z",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59.999-00:01", "+026-01-15T10:30:00Z",
        "2026-01-15T10:30:00.12e1Z", "２０２６-01-15T10:30:00Z",
    ])
    func refuses(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func writesTheFirstAndLastDayOfMonths() {
        var day: Int64 = -719_162
        var wrong: [String] = []
        for year in 1...9999 {
            let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
            for (month, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let first = Timestamp(millisecondsSinceEpoch: day * 86_400_000)
                let last = Timestamp(millisecondsSinceEpoch: (day + Int64(length)) * 86_400_000 - 1)
                let prefix = padded(year, 4) + "-" + padded(month + 1, 2) + "-"
                defer { day += Int64(length) }
                // The days of all years are counted, those of some are written, for speed.
                guard year < 5 || year % 100 < 2 || year % 19 == 0 || year > 9995 else { continue }
                if first.description != prefix + "01T00:00:00.000Z" { wrong.append(first.description) }
                if last.description != prefix + padded(length, 2) + "T23:59:59.999Z" { wrong.append(last.description) }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func agreesWithFoundation() throws {
        var generator = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            // From 1600 on, when both use the Gregorian calendar.
            let timestamp = Timestamp(
                millisecondsSinceEpoch: .random(
                    in: -11_676_096_000_000...253_402_300_799_999,
                    using: &generator
                )
            )
            let seconds = (Double(timestamp.millisecondsSinceEpoch) / 1000).rounded(.down)
            let text = Date(timeIntervalSince1970: seconds).formatted(.iso8601)
            #expect(timestamp.description.prefix(19) == text.prefix(19))
            #expect(Timestamp(iso8601: timestamp.description) == timestamp)
            #expect(try Date(text, strategy: .iso8601).timeIntervalSince1970 == seconds)
        }
    }

    @Test func clampsWhatCannotBeWritten() {
        #expect(Timestamp(millisecondsSinceEpoch: .min).description == "0001-01-01T00:00:00.000Z")
        #expect(Timestamp(millisecondsSinceEpoch: .max).description == "9999-12-31T23:59:59.999Z")
    }

    @Test func movesByDurations() {
        let timestamp = Timestamp(millisecondsSinceEpoch: 1000)
        #expect(timestamp.advanced(by: .milliseconds(-1500)).millisecondsSinceEpoch == -500)
        #expect(timestamp.duration(to: Timestamp(millisecondsSinceEpoch: 400)) == .milliseconds(-600))
        #expect(timestamp < timestamp.advanced(by: .milliseconds(1)))
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
        #expect(Duration.seconds(-3).wholeSecondsRoundedUp == 1)
        #expect(Duration.seconds(7).wholeSecondsRoundedUp == 7)
        #expect(Duration.milliseconds(7001).wholeSecondsRoundedUp == 8)
        #expect((Duration.seconds(Int64.max) + .milliseconds(1)).wholeSecondsRoundedUp == .max)
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}
