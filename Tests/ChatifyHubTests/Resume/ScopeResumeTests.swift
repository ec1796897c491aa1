import ChatifyCore
import Testing

@testable import ChatifyHub

struct ScopeResumeTests {
    private typealias Step = ScopeResume.Step

    private static func events(_ offsets: ClosedRange<Int64>) -> [EnrichedChatEvent] {
        offsets.map { .sample("", in: .channel(ScopeID(unchecked: "general")), offset: $0) }
    }

    /// A resume behind 10, of five events at most.
    private var resume = ScopeResume(after: 10, limit: 5)

    @Test(
        arguments: [
            (nil, .events([]), .wait(until: 11)), (0, .events([]), .wait(until: 11)),
            (10, .events([]), .wait(until: 11)),
            (11, .events([]), .replay([])), (14, .events(events(12...13)), .replay(events(12...13))),
            (16, .events(events(11...15)), .replay(events(11...15))), (17, .events(events(11...16)), .giveUp),
            (99, .tooMany, .giveUp), (20, .begins(15), .fill(11..<15)), (20, .begins(30), .fill(11..<20)),
            (20, .begins(11), .giveUp), (20, .begins(3), .giveUp),
        ] as [(Int64?, ReplayWindow.Finding, ScopeResume.Step)]
    )
    func `The first step`(_ standing: Int64?, _ finding: ReplayWindow.Finding, _ step: ScopeResume.Step) {
        var resume = self.resume
        #expect(resume.proceed(standing: standing) { _ in finding } == step)
    }

    @Test func `The window is asked for what is missing up to where the shard stands`() {
        var resume = self.resume
        var asked: [Range<Int64>] = []
        _ = resume.proceed(standing: 10) { offsets in
            asked.append(offsets)
            return .tooMany
        }
        _ = resume.proceed(standing: 14) { offsets in
            asked.append(offsets)
            return .begins(13)
        }
        resume.fill(11..<13, with: Self.events(11...11))
        _ = resume.proceed(standing: 20) { offsets in
            asked.append(offsets)
            return .tooMany
        }
        #expect(asked == [11..<14, 13..<20])
    }

    @Test func `What was filled comes before what the window has, and counts`() {
        var resume = self.resume
        _ = resume.proceed(standing: 20) { _ in .begins(15) }
        resume.fill(11..<15, with: Self.events(12...14))
        #expect(resume.room == 2)
        #expect(
            resume.proceed(standing: 21) { _ in .events(Self.events(19...20)) }
                == .replay(Self.events(12...14) + Self.events(19...20))
        )
        #expect(resume.proceed(standing: 22) { _ in .events(Self.events(19...21)) } == .giveUp)
    }

    @Test func `Where the shard stands before what was filled, it is waited for`() {
        var resume = self.resume
        _ = resume.proceed(standing: 20) { _ in .begins(15) }
        resume.fill(11..<15, with: [])
        #expect(resume.proceed(standing: 14) { _ in .events([]) } == .wait(until: 15))
    }

    @Test func `Nothing to fill with, too much of it, or waiting in vain ends it`() {
        for events in [nil, Self.events(11...16)] {
            var resume = self.resume
            resume.fill(11..<20, with: events)
            #expect(resume.proceed(standing: 20) { _ in .events([]) } == .giveUp)
        }
        var resume = self.resume
        resume.expire()
        #expect(resume.proceed(standing: nil) { _ in .events([]) } == .giveUp)
    }

    @Test func `No more is asked for beyond what must be than any source looks through`() {
        var resume = self.resume
        #expect(resume.proceed(standing: 200_000) { _ in .begins(20_011) } == .fill(11..<20_011))
        resume.fill(11..<20_011, with: [])
        #expect(resume.proceed(standing: 200_000) { _ in .begins(30_011) } == .fill(20_011..<36_395))
        resume.fill(20_011..<36_395, with: [])
        #expect(resume.proceed(standing: 200_000) { _ in .begins(60_000) } == .fill(36_395..<60_000))
    }

    @Test func `A window that runs away is not run after for ever`() {
        var resume = self.resume
        var offset: Int64 = 11
        // The first ends where the window began, the others further and further within it.
        for length in [5, 25, 45, 60] as [Int64] {
            let fill = offset..<offset + length
            #expect(resume.proceed(standing: offset + 60) { _ in .begins(offset + 5) } == .fill(fill))
            resume.fill(fill, with: [])
            offset += length
        }
        #expect(resume.proceed(standing: offset + 10) { _ in .begins(offset + 5) } == .giveUp)
    }
}
