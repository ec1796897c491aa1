import ChatifyCore
import Testing

@testable import ChatifyHub

struct PresenceWatchTests {
    private typealias Notice = PresenceWatch.Notice

    @Test func `Who watches is told of each change, and nobody else is`() {
        var watch = PresenceWatch()
        watch.answer(Self.ann, ["bob", "eve"], online: [])
        watch.answer(Self.cid, ["eve"], online: [])
        let notices1 = watch.changed(Self.came("bob"))
        #expect(notices1 == [Self.notice(Self.ann, "bob", true)])
        let notices2 = watch.changed(Self.came("eve"))
        #expect(Set(notices2).count == 2)
        let notices3 = watch.changed(Self.came("nobody we know"))
        #expect(notices3.isEmpty)
    }

    @Test func `Nothing is told twice, and what could not be told is told by the next lookup`() {
        var watch = PresenceWatch()
        watch.answer(Self.ann, ["bob"], online: [])
        let notice = Self.notice(Self.ann, "bob", true)
        let notices4 = watch.changed(Self.came("bob"))
        #expect(notices4 == [notice])
        #expect(watch.learned([Self.user("bob")], of: [Self.user("bob")], asked: 1) == [notice])
        watch.told(notice)
        #expect(watch.learned([Self.user("bob")], of: [Self.user("bob")], asked: 1).isEmpty)
        let notices5 = watch.changed(Self.came("bob"))
        #expect(notices5.isEmpty)
        #expect(watch.learned([], of: [Self.user("bob")], asked: 2) == [Self.notice(Self.ann, "bob", false)])
    }

    @Test func `A lookup says nothing of who changed while it was under way`() {
        var watch = PresenceWatch()
        watch.answer(Self.ann, ["bob", "eve"], online: ["bob", "eve"])
        let asked = watch.transitionCount
        let notices = watch.changed(Self.went("bob"))
        for notice in notices { watch.told(notice) }
        let both = [Self.user("bob"), Self.user("eve")]
        #expect(watch.learned([Self.user("bob")], of: both, asked: asked) == [Self.notice(Self.ann, "eve", false)])
    }

    @Test func `A call is answered with what changed while it was asked for`() {
        var watch = PresenceWatch()
        let users = [Self.user("bob"), Self.user("eve"), Self.user("dan")]
        watch.watch(users, by: Self.ann)
        let asked = watch.transitionCount
        // Nothing is told before the answer.
        let notices6 = watch.changed(Self.came("bob"))
        #expect(notices6.isEmpty)
        let notices7 = watch.changed(Self.went("eve"))
        #expect(notices7.isEmpty)
        let online: Set = [Self.user("eve"), Self.user("dan")]
        let answer = watch.answer(users, online: online, asked: asked, to: Self.ann)
        #expect(answer == [Self.user("bob"), Self.user("dan")])
        let notices8 = watch.changed(Self.went("bob"))
        #expect(notices8 == [Self.notice(Self.ann, "bob", false)])
        let notices9 = watch.changed(Self.came("eve"))
        #expect(notices9 == [Self.notice(Self.ann, "eve", true)])
    }

    @Test func `A list replaces the one before it, and ends with its connection`() {
        var watch = PresenceWatch()
        watch.answer(Self.ann, ["bob", "eve"], online: [])
        watch.answer(Self.ann, ["eve", "dan"], online: [])
        #expect(watch.watched == [Self.user("eve"), Self.user("dan")])
        let notices10 = watch.changed(Self.came("bob"))
        #expect(notices10.isEmpty)
        watch.answer(Self.cid, ["dan"], online: [])
        watch.stop(Self.ann)
        #expect(watch.watched == [Self.user("dan")])
        watch.answer(Self.cid, [], online: [])
        #expect(watch.watched.isEmpty)
    }

    @Test func `A connection that left while its call was asked for watches nobody`() {
        var watch = PresenceWatch()
        watch.watch([Self.user("bob")], by: Self.ann)
        watch.stop(Self.ann)
        _ = watch.answer([Self.user("bob")], online: [], asked: 0, to: Self.ann)
        watch.told(Self.notice(Self.ann, "bob", true))
        #expect(watch.watched.isEmpty)
        let notices11 = watch.changed(Self.came("bob"))
        #expect(notices11.isEmpty)
    }

    private static let ann = ConnectionID(unchecked: "ann")
    private static let cid = ConnectionID(unchecked: "cid")

    fileprivate static func user(_ name: String) -> UserID { UserID(unchecked: name) }

    private static func came(_ name: String) -> PresenceTransition {
        PresenceTransition(userID: self.user(name), isOnline: true)
    }

    private static func went(_ name: String) -> PresenceTransition {
        PresenceTransition(userID: self.user(name), isOnline: false)
    }

    private static func notice(_ connection: ConnectionID, _ name: String, _ isOnline: Bool) -> Notice {
        Notice(connection: connection, userID: self.user(name), isOnline: isOnline)
    }
}

extension PresenceWatch {
    /// Watches users and has the call answered at once.
    fileprivate mutating func answer(_ connection: ConnectionID, _ names: [String], online: Set<String>) {
        let users = names.map(PresenceWatchTests.user)
        self.watch(users, by: connection)
        let online = Set(online.map(PresenceWatchTests.user))
        _ = self.answer(users, online: online, asked: self.transitionCount, to: connection)
    }
}
