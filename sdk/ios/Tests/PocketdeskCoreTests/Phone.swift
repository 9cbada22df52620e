import Foundation

@testable import PocketdeskCore

let configuration = try! Configuration(serverURL: "https://chat.example.org", accountID: 2, mobileTag: "support")

struct NoLine: Error {}
struct Locked: Error {}

/// A phone with a shell, a clock, a store and a line.
@MainActor
final class Phone {
    struct Call {
        let method: String
        let path: String
        let body: [String: Any]?
        let credential: String
    }

    final class Store: SecureStore {
        var kept: [String: String]
        var isLocked = false

        init(_ kept: [String: String]) { self.kept = kept }

        func get(_ key: String) throws -> String? {
            if isLocked { throw Locked() }
            return kept[key]
        }

        func set(_ key: String, _ value: String) throws {
            if isLocked { throw Locked() }
            kept[key] = value
        }

        func remove(_ key: String) throws {
            if isLocked { throw Locked() }
            kept[key] = nil
        }
    }

    final class Screen: Page {
        var said: [ToPage] = []
        var opened: [String] = []
        var closed = 0
        var reloaded = 0

        func receive(_ message: ToPage) { said.append(message) }
        func close() { closed += 1 }
        func openLink(_ url: URL) { opened.append(url.absoluteString) }
        func reload() { reloaded += 1 }
    }

    private struct Timer {
        let number: Int
        let at: TimeInterval
        let run: @MainActor () -> Void
    }

    let store: Store
    let screen = Screen()
    var calls: [Call] = []
    /// The next answers; 204 when none is left, 0 is no network.
    var answers: [Int] = []
    var unread = (conversations: 0, tag: "\"0-0\"")
    var facts: [String: String] = [:]
    var forgotten = 0
    private(set) var shell: Shell!
    private var now: TimeInterval = 1_000
    private var timers: [Timer] = []
    private var timed = 0

    init(kept: [String: String] = [:], isLocked: Bool = false) {
        store = Store(kept)
        store.isLocked = isLocked
        shell = Shell(
            configuration: configuration,
            host: HostApp(
                appVersion: "5.1", locale: "nl-NL", store: store,
                line: { [unowned self] in try self.answer($0) },
                later: { [unowned self] in self.later($0, $1) },
                now: { [unowned self] in self.now },
                newID: { "0b5c1f6e-6f0a-4a38-9f0e-2f6f0a9c1d11" },
                facts: { [unowned self] in self.facts },
                forget: { [unowned self] in self.forgotten += 1 }))
    }

    var said: [ToPage] { screen.said }
    func calls(to path: String) -> [Call] { calls.filter { $0.path == path } }

    func attach() { shell.attach(screen) }

    func hear(_ text: String) { shell.receive(text) }

    func signIn(_ credential: String = "first") async {
        attach()
        hear(Phone.ready)
        hear(Phone.credential(credential))
        await settle()
    }

    /// Everything that does not wait for time has happened.
    func settle() async {
        for _ in 0..<100 { await Task.yield() }
    }

    func pass(_ seconds: TimeInterval) async {
        let until = now + seconds
        while true {
            await settle()
            guard let next = timers.filter({ $0.at <= until }).min(by: { $0.at < $1.at }) else { break }
            timers.removeAll { $0.number == next.number }
            now = max(now, next.at)
            next.run()
        }
        now = until
        await settle()
    }

    static let ready = #"{"type":"ready","protocol":1}"#
    static let loggedOut = #"{"type":"logged_out"}"#
    static func credential(_ word: String) -> String {
        #"{"type":"credential","credential":"\#(word)","expires_at":9000000000000}"#
    }

    private func later(_ seconds: TimeInterval, _ run: @escaping @MainActor () -> Void) -> @MainActor () -> Void {
        timed += 1
        let timer = Timer(number: timed, at: now + seconds, run: run)
        timers.append(timer)
        return { [weak self] in self?.timers.removeAll { $0.number == timer.number } }
    }

    private func answer(_ request: Request) throws -> Answer {
        let status = answers.isEmpty ? 204 : answers.removeFirst()
        if status == 0 { throw NoLine() }
        let path = request.url.absoluteString.replacingOccurrences(of: "https://chat.example.org/api/v1/app", with: "")
        let body = try request.body.map { try JSONSerialization.jsonObject(with: $0) as! [String: Any] }
        let credential = request.headers["authorization"]!.replacingOccurrences(of: "Bearer ", with: "")
        calls.append(Call(method: request.method, path: path, body: body, credential: credential))
        guard path == "/unread", status == 204 else { return Answer(status: status, headers: [:], body: Data()) }
        let headers = ["etag": unread.tag]
        if request.headers["if-none-match"] == unread.tag { return Answer(status: 304, headers: headers, body: Data()) }
        let counts = #"{"unread":\#(unread.conversations),"messages":9}"#
        return Answer(status: 200, headers: headers, body: Data(counts.utf8))
    }
}

let nobody = ToPage.identity(token: nil, email: nil, appVersion: "5.1")

func mia(_ token: String) -> Identity { Identity(token: token, email: "mia@example.org") }

func named(_ token: String) -> ToPage { .identity(token: token, email: "mia@example.org", appVersion: "5.1") }
