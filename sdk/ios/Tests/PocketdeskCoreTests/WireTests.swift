import Foundation
import Testing

@testable import PocketdeskCore

/// The vectors that every shell reads: sdk/wire.
enum Wire {
    /// Without those of an Android device.
    static var exchanges: [Vector] {
        vectors("app", "exchanges").filter { !["register_android", "register_without_push"].contains($0.name) }
    }

    static func read(_ name: String) -> [String: Any] {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../wire/\(name).json").standardized
        return try! JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
    }

    static func vectors(_ name: String, _ part: String) -> [Vector] {
        (read(name)[part] as! [[String: Any]]).map { given in
            Vector(name: given["name"] as! String, json: try! JSONSerialization.data(withJSONObject: given))
        }
    }
}

/// One vector, as its JSON: a test reads from it what it needs.
struct Vector: CustomTestStringConvertible, Sendable {
    let name: String
    let json: Data

    var testDescription: String { name }
    var fields: [String: Any] { try! JSONSerialization.jsonObject(with: json) as! [String: Any] }
    func text(_ key: String) -> String? { fields[key] as? String }
    func object(_ key: String) -> [String: Any]? { fields[key] as? [String: Any] }
}

func equal(_ one: Any?, _ other: Any?) -> Bool {
    (one as? NSObject) == (other as? NSObject)
}

private let busyAnswers: [(Int, String?, TimeInterval?)] = [(503, "120", 120), (429, nil, nil), (408, "soon", nil)]

@MainActor
struct WireTests {
    @Test("the page says", arguments: Wire.vectors("bridge", "from_page"))
    func fromPage(vector: Vector) {
        let message = FromPage(vector.text("text")!)
        let wanted = vector.object("message")
        #expect(equal(message?.fields, wanted))
    }

    @Test("the app says", arguments: Wire.vectors("bridge", "to_page"))
    func toPage(vector: Vector) throws {
        let message = try #require(ToPage(fields: vector.object("message")!))
        #expect(message.text == vector.text("text"))
    }

    @Test("a script", arguments: Wire.vectors("bridge", "scripts"))
    func script(vector: Vector) throws {
        let text = vector.text("text")!
        let fields = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
        let script = try #require(ToPage(fields: fields)).script
        // U+2028 may stand escaped in the text already: the page reads the same.
        #expect(script.replacingOccurrences(of: #"\\u2028"#, with: #"\u2028"#) == vector.text("script"))
        #expect(!script.unicodeScalars.contains("\u{2028}"))
    }

    @Test("a configuration", arguments: Wire.vectors("config", "good"))
    func good(vector: Vector) throws {
        let file = Data(vector.text("file")!.utf8)
        #expect(try Configuration(json: file).pageAddress.absoluteString == vector.text("page"))
        let fields = try JSONSerialization.jsonObject(with: file)
        let plist = try PropertyListSerialization.data(fromPropertyList: fields, format: .xml, options: 0)
        #expect(try Configuration(plist: plist).pageAddress.absoluteString == vector.text("page"))
    }

    @Test("C21 no configuration", arguments: Wire.vectors("config", "bad"))
    func bad(vector: Vector) throws {
        let problem = try #require(Problem(rawValue: vector.text("problem")!))
        let file = vector.text("file").map { Data($0.utf8) }
        #expect(throws: problem) { try Configuration(json: file) }
        guard let file, let fields = try? JSONSerialization.jsonObject(with: file) else { return }
        let plist = try PropertyListSerialization.data(fromPropertyList: fields, format: .binary, options: 0)
        #expect(throws: problem) { try Configuration(plist: plist) }
    }

    @Test("C09 a push", arguments: Wire.vectors("config", "push"))
    func push(vector: Vector) {
        let opening = Opening(push: vector.object("payload")!)
        let wanted = vector.object("opens")
        #expect(opening?.accountID == wanted?["account_id"] as? Int)
        #expect(opening?.conversationID == wanted?["conversation_id"] as? Int)
        #expect(opening?.mobileTag == wanted?["mobile_tag"] as? String)
        #expect((opening == nil) == (wanted == nil))
    }

    @Test("a call", arguments: Wire.exchanges)
    func call(vector: Vector) async throws {
        let asked = vector.object("request")!
        let answered = vector.object("answer")!
        let status = answered["status"] as! Int
        var seen: [String: Any]?
        let server = Server(serverURL: "https://chat.example.org") { request in
            var headers = request.headers
            #expect(headers.removeValue(forKey: "content-type") == (request.body == nil ? nil : "application/json"))
            seen = [
                "method": request.method, "headers": headers,
                "path": request.url.absoluteString.replacingOccurrences(of: "https://chat.example.org", with: ""),
                "body": try request.body.map { try JSONSerialization.jsonObject(with: $0) } ?? NSNull(),
            ]
            let body = answered["body"]!
            return Answer(
                status: status, headers: answered["headers"] as! [String: String],
                body: body is NSNull ? Data() : try JSONSerialization.data(withJSONObject: body))
        }
        let ending = try await send(asked, to: server)
        #expect(equal(seen, asked))
        #expect(ending == [200: "done", 204: "done", 304: "unchanged", 401: "signed out", 422: "refused"][status])
    }

    @Test("a server that is busy is asked again", arguments: busyAnswers)
    func busy(status: Int, wait: String?, after: TimeInterval?) async {
        let server = Server(serverURL: "https://chat.example.org") { _ in
            Answer(status: status, headers: wait.map { ["retry-after": $0] } ?? [:], body: Data())
        }
        guard case .again(let found) = await server.logOut(credential: "x") else {
            Issue.record("not asked again")
            return
        }
        #expect(found == after)
    }

    @Test("a line that is cut, and an answer that is none, end in a value")
    func torn() async {
        let cut = Server(serverURL: "https://chat.example.org") { _ in throw NoLine() }
        let torn = Server(serverURL: "https://chat.example.org") { _ in
            Answer(status: 200, headers: [:], body: Data("{".utf8))
        }
        for server in [cut, torn] { #expect(await server.unread(tag: nil, credential: "x").name == "again") }
    }

    private func send(_ request: [String: Any], to server: Server) async throws -> String {
        let headers = request["headers"] as! [String: String]
        let credential = headers["authorization"]!.replacingOccurrences(of: "Bearer ", with: "")
        let body = request["body"] as? [String: Any]
        let path = request["path"] as! String
        switch (request["method"] as! String, path) {
        case ("GET", _): return await server.unread(tag: headers["if-none-match"], credential: credential).name
        case ("DELETE", "/api/v1/app/session"): return await server.logOut(credential: credential).name
        case ("DELETE", _):
            return await server.forgetDevice(String(path.split(separator: "/").last!), credential: credential).name
        case (_, "/api/v1/app/properties"):
            return await server.tell(body!["properties"] as! [String: String], credential: credential).name
        default:
            let push = body!["push"] as! [String: Any]
            let device = Device(
                installationID: body!["installation_id"] as! String,
                push: PushTarget(
                    token: push["token"] as! String, topic: push["topic"] as? String, sandbox: push["sandbox"] as! Bool),
                appVersion: body!["app_version"] as! String, sdkVersion: body!["sdk_version"] as! String,
                locale: body!["locale"] as! String)
            return await server.register(device, credential: credential).name
        }
    }
}

extension Ending {
    var name: String {
        switch self {
        case .done: "done"
        case .unchanged: "unchanged"
        case .signedOut: "signed out"
        case .again: "again"
        case .refused: "refused"
        }
    }
}

extension FromPage {
    var fields: [String: Any] {
        switch self {
        case .ready(let version): ["type": "ready", "protocol": version]
        case .identityNeeded: ["type": "identity_needed"]
        case .loggedOut: ["type": "logged_out"]
        case .credential(let word, let end): ["type": "credential", "credential": word, "expires_at": end]
        case .conversationStarted(let id): ["type": "conversation_started", "conversation_id": id]
        case .conversationSelected(let id): ["type": "conversation_selected", "conversation_id": id]
        case .unread(let count): ["type": "unread", "count": count]
        case .close: ["type": "close"]
        case .openLink(let url): ["type": "open_link", "url": url.absoluteString]
        }
    }
}

extension ToPage {
    init?(fields: [String: Any]) {
        switch fields["type"] as? String {
        case "identity":
            self = .identity(
                token: fields["token"] as? String, email: fields["email"] as? String,
                appVersion: fields["app_version"] as? String)
        case "log_out": self = .logOut
        case "open_conversation": self = .openConversation(fields["conversation_id"] as! Int)
        case "open_article": self = .openArticle(fields["article_id"] as! Int, language: fields["language"] as! String)
        case "open_help": self = .openHelp
        case "paused": self = .paused
        case "resumed": self = .resumed
        default: return nil
        }
    }
}
