import Foundation
import Testing

@testable import PocketdeskCore

/// The shell between app, page and server: on a line that is cut, with tokens that run out, and at log-out.
@MainActor
struct ShellTests {
    @Test("C17 the page is told who is signed in when it can receive, and not before")
    func identity() async {
        let phone = Phone()
        phone.shell.identify(mia("one"))
        phone.attach()
        #expect(phone.said == [])
        phone.hear(Phone.ready)
        #expect(phone.said == [named("one")])
        phone.shell.identify(mia("two"))
        #expect(phone.said.last == named("two"))
    }

    @Test("nobody signed in is said too")
    func anonymous() async {
        let phone = Phone()
        phone.attach()
        phone.hear(Phone.ready)
        #expect(phone.said == [nobody])
    }

    @Test("the page waits while the first token is fetched, however often that fails")
    func firstToken() async {
        let phone = Phone()
        var fails = 2
        phone.shell.identify {
            if fails > 0 {
                fails -= 1
                throw NoLine()
            }
            return mia("late")
        }
        phone.attach()
        phone.hear(Phone.ready)
        await phone.settle()
        #expect(phone.said == [])
        await phone.pass(2)
        #expect(phone.said == [])
        await phone.pass(4)
        #expect(phone.said == [named("late")])
    }

    @Test("C12 a token that ran out is replaced by the app's callback")
    func refresh() async {
        let phone = Phone()
        phone.shell.identify(mia("old")) { mia("new") }
        phone.attach()
        phone.hear(Phone.ready)
        phone.hear(#"{"type":"identity_needed"}"#)
        await phone.settle()
        #expect(phone.said == [named("old"), named("new")])
    }

    @Test("an answer of the callback that comes after log-out, or after another sign-in, names nobody")
    func lateToken() async {
        let phone = Phone()
        var answer: CheckedContinuation<Identity?, Never>?
        phone.shell.identify(mia("old")) { await withCheckedContinuation { answer = $0 } }
        phone.attach()
        phone.hear(Phone.ready)
        phone.hear(#"{"type":"identity_needed"}"#)
        await phone.settle()
        let gone = Task { await phone.shell.logOut() }
        await phone.settle()
        phone.hear(Phone.loggedOut)
        await gone.value
        answer?.resume(returning: mia("too late"))
        await phone.settle()
        #expect(phone.said.last == nobody)

        phone.shell.identify { await withCheckedContinuation { answer = $0 } }
        await phone.settle()
        phone.shell.identify(mia("newer"))
        answer?.resume(returning: mia("older"))
        await phone.settle()
        #expect(phone.said.last == named("newer"))
    }

    @Test("C07 the device is registered once there is a credential, and again with its push token")
    func device() async {
        let phone = Phone()
        await phone.signIn()
        let push = PushTarget(token: "abab", topic: "com.example.shop", sandbox: true)
        phone.shell.setPushToken(push)
        phone.shell.setPushToken(push)
        await phone.settle()
        let devices = phone.calls(to: "/device").compactMap(\.body)
        #expect(devices.count == 2)
        #expect(devices[0]["push"] is NSNull)
        #expect((devices[1]["push"] as? [String: Any])?["token"] as? String == "abab")
        #expect(devices[0]["locale"] as? String == "nl-NL")
        #expect(devices[0]["app_version"] as? String == "5.1")
        #expect(devices[0]["platform"] as? String == "ios")
        #expect(phone.store.kept["credential"] == "first")
    }

    @Test("the same registration is not sent again within twenty seconds")
    func throttled() async {
        let phone = Phone()
        let push = PushTarget(token: "abab", topic: nil, sandbox: false)
        phone.shell.setPushToken(push)
        await phone.signIn()
        for _ in 0..<3 {
            phone.hear(Phone.credential("first"))
            await phone.settle()
        }
        #expect(phone.calls(to: "/device").count == 1)
        await phone.pass(20)
        phone.hear(Phone.credential("first"))
        await phone.settle()
        #expect(phone.calls(to: "/device").count == 2)
    }

    @Test("a push token waits for a credential, and for a line that was cut")
    func patience() async {
        let phone = Phone()
        phone.shell.setPushToken(PushTarget(token: "t", topic: nil, sandbox: false))
        await phone.settle()
        #expect(phone.calls.isEmpty)
        phone.answers = [0, 503, 204]
        await phone.signIn()
        #expect(phone.calls.isEmpty)
        await phone.pass(2)
        #expect(phone.calls.count == 1)
        await phone.pass(4)
        #expect(phone.calls.count == 2)
        await phone.pass(3_600)
        #expect(phone.calls.count == 2)
    }

    @Test("waiting grows, to a quarter of an hour at most")
    func backOff() {
        #expect([0, 1, 2, 8, 9, 60].map(pause) == [2, 4, 8, 512, 900, 900])
    }

    @Test("C05 properties are told together, the newest value of each; the device's own win")
    func properties() async {
        let phone = Phone()
        phone.facts = ["device_model": "iPhone16,1"]
        phone.shell.setProperties(["plan": "free", "device_model": "ours"])
        phone.attach()
        phone.hear(Phone.credential("first"))
        phone.shell.setProperties(["plan": "gold"])
        await phone.settle()
        let told = phone.calls(to: "/properties").last?.body?["properties"] as? [String: String]
        #expect(told == ["plan": "gold", "device_model": "iPhone16,1"])
    }

    @Test("D20 what is unread is asked for only while the app is in front, and costs little")
    func unread() async {
        let phone = Phone(kept: ["credential": "kept"])
        var counts: [Int] = []
        phone.shell.listen(Listener(onUnread: { counts.append($0) }))
        await phone.pass(600)
        #expect(phone.calls.isEmpty)
        phone.unread = (2, "\"2-3\"")
        phone.shell.setVisible(true)
        await phone.pass(0)
        #expect(counts == [2])
        await phone.pass(180)
        #expect(phone.calls.count == 4)
        #expect(counts == [2])
        phone.shell.setVisible(false)
        await phone.pass(600)
        #expect(phone.calls.count == 4)
        #expect(phone.shell.unreadCount == 2)
    }

    @Test("a credential that does not hold any more is not used again")
    func revoked() async {
        let phone = Phone(kept: ["credential": "kept"])
        phone.answers = [401]
        phone.shell.setVisible(true)
        await phone.pass(600)
        #expect(phone.calls.count == 1)
        #expect(phone.store.kept["credential"] == nil)
    }

    @Test("the page's own count is at once, for as long as one listens")
    func ownCount() {
        let phone = Phone()
        var counts: [Int] = []
        let listening = phone.shell.listen(Listener(onUnread: { counts.append($0) }))
        phone.attach()
        phone.hear(Phone.ready)
        phone.hear(#"{"type":"unread","count":1}"#)
        #expect(phone.shell.unreadCount == 1)
        listening.stop()
        phone.hear(#"{"type":"unread","count":2}"#)
        #expect(counts == [1])
    }

    @Test("C09 a push opens its conversation, now or when the page is there")
    func push() throws {
        let phone = Phone()
        let ours = ["pd_account": "2", "pd_conversation": "77", "pd_tag": "support"]
        #expect(phone.shell.open(try #require(Opening(push: ours))))
        #expect(!phone.shell.open(try #require(Opening(push: ours.merging(["pd_account": "3"]) { $1 }))))
        phone.attach()
        phone.hear(Phone.ready)
        #expect(phone.said == [nobody, .openConversation(77)])
        #expect(phone.shell.open(try #require(Opening(push: ours.merging(["pd_conversation": "78"]) { $1 }))))
        #expect(phone.said.last == .openConversation(78))
    }

    @Test("a page that nobody looks at is paused, also when it begins")
    func paused() {
        let phone = Phone()
        phone.shell.setPaused(true)
        phone.attach()
        phone.hear(Phone.ready)
        phone.shell.setPaused(false)
        #expect(phone.said == [nobody, .paused, .resumed])
    }

    @Test("C16 log-out waits for the page, then forgets everything, also at the server")
    func logOut() async {
        let phone = Phone()
        phone.shell.identify(mia("one"))
        phone.shell.setProperties(["plan": "gold"])
        await phone.signIn()
        phone.hear(#"{"type":"unread","count":4}"#)
        var isDone = false
        let gone = Task {
            await phone.shell.logOut()
            isDone = true
        }
        await phone.settle()
        #expect(phone.said.last == .logOut)
        #expect(!isDone)
        // Should the app be ended now, the next start knows.
        #expect(phone.store.kept["leaving"] == "first")
        #expect(phone.store.kept["credential"] == nil)
        phone.hear(Phone.loggedOut)
        await gone.value
        await phone.settle()
        #expect(phone.said.last == nobody)
        #expect(phone.calls.last?.method == "DELETE")
        #expect(phone.calls.last?.path == "/session")
        #expect(phone.calls.last?.credential == "first")
        #expect(Array(phone.store.kept.keys) == ["installation"])
        #expect(phone.shell.unreadCount == 0)
        #expect(phone.forgotten == 1)
        #expect(phone.screen.reloaded == 0)
        let told = phone.calls(to: "/properties").count
        phone.hear(Phone.credential("second"))
        await phone.settle()
        #expect(phone.calls(to: "/properties").count == told)
    }

    @Test("C16 a page that does not answer delays log-out by two seconds and is reloaded; no network does not stop it")
    func hungPage() async {
        let phone = Phone()
        await phone.signIn()
        phone.answers = [0, 0, 204]
        var isDone = false
        let gone = Task {
            await phone.shell.logOut()
            isDone = true
        }
        await phone.pass(1.999)
        #expect(!isDone)
        await phone.pass(0.001)
        #expect(isDone)
        await gone.value
        #expect(phone.screen.reloaded == 1)
        #expect(phone.store.kept["credential"] == nil)
        await phone.pass(60)
        #expect(phone.calls.last?.path == "/session")
        #expect(phone.store.kept["leaving"] == nil)
    }

    @Test("C16 an app that was ended before the server knew says it at its next start, for every session")
    func nextStart() async {
        let phone = Phone(kept: ["leaving": "before\nlater"])
        await phone.settle()
        #expect(phone.calls.map(\.credential) == ["before", "later"])
        #expect(phone.calls.map(\.path) == ["/session", "/session"])
        #expect(phone.store.kept["leaving"] == nil)
    }

    @Test("what is said in the last moment of a session begins no other")
    func lastWords() async {
        let phone = Phone()
        await phone.signIn()
        let gone = Task { await phone.shell.logOut() }
        await phone.settle()
        phone.hear(Phone.credential("of the old session"))
        phone.shell.identify(mia("next"))
        #expect(phone.said.last == .logOut)
        phone.hear(Phone.loggedOut)
        await gone.value
        #expect(phone.store.kept["credential"] == nil)
        #expect(phone.said.last == named("next"))
    }

    @Test("close and links go to the app")
    func links() {
        let phone = Phone()
        phone.attach()
        phone.hear(#"{"type":"close"}"#)
        phone.hear(#"{"type":"open_link","url":"https://example.com/"}"#)
        phone.hear(#"{"type":"open_link","url":"javascript:alert(1)"}"#)
        #expect(phone.screen.closed == 1)
        #expect(phone.screen.opened == ["https://example.com/"])
    }

    @Test("a keychain that can not be read keeps nothing and stops nothing; later it is read after all")
    func locked() async {
        let phone = Phone(kept: ["credential": "kept", "installation": "known"], isLocked: true)
        await phone.signIn()
        #expect(phone.calls(to: "/device").count == 1)
        let gone = Task { await phone.shell.logOut() }
        await phone.pass(2)
        await gone.value
        #expect(phone.calls.last?.path == "/session")

        let other = Phone(kept: ["credential": "kept", "installation": "known"], isLocked: true)
        other.store.isLocked = false
        other.shell.setVisible(true)
        await other.settle()
        #expect(other.calls.map(\.credential) == ["kept"])
        #expect(other.store.kept["installation"] == "known")
    }
}
