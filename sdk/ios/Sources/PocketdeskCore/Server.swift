import Foundation

/// How a call ended.
package enum Ending<Answer: Sendable>: Sendable {
    case done(Answer)
    case unchanged
    /// The credential does not hold (any more).
    case signedOut
    /// Later, it may work: after so many seconds, if the server said when.
    case again(after: TimeInterval?)
    case refused(status: Int)
}

/// The address of this device at Apple's push service.
package struct PushTarget: Equatable, Sendable {
    /// The device token, in lower-case hexadecimals.
    package let token: String
    /// The app's bundle id.
    package let topic: String?
    /// Whether the app was built for development.
    package let sandbox: Bool

    package init(token: String, topic: String?, sandbox: Bool) {
        self.token = token
        self.topic = topic
        self.sandbox = sandbox
    }
}

struct Device: Equatable, Sendable {
    let installationID: String
    let push: PushTarget?
    let appVersion: String
    let sdkVersion: String
    let locale: String

    var json: [String: Any] {
        let target: Any =
            push.map {
                ["provider": "apns", "token": $0.token, "topic": $0.topic ?? NSNull(), "sandbox": $0.sandbox]
                    as [String: Any]
            } ?? NSNull()
        return [
            "installation_id": installationID, "platform": "ios", "push": target, "app_version": appVersion,
            "sdk_version": sdkVersion, "locale": locale,
        ]
    }
}

struct Unread: Equatable, Sendable {
    let conversations: Int
    let tag: String?
}

/// A call to the server, and what came back.
package struct Request: Sendable {
    package let method: String
    package let url: URL
    package let headers: [String: String]
    package let body: Data?
    /// Seconds after which the answer is not waited for any longer.
    package let patience: TimeInterval
}

package struct Answer: Sendable {
    package let status: Int
    /// By names in lower case.
    package let headers: [String: String]
    package let body: Data

    package init(status: Int, headers: [String: String], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The line to the server. Throws where there is none.
package typealias Line = @MainActor (Request) async throws -> Answer

/// The calls of a native shell. They end in a value, never in an error, and log nothing.
@MainActor
struct Server {
    static let patience: TimeInterval = 15

    let serverURL: String
    let line: Line

    func register(_ device: Device, credential: String) async -> Ending<Void> {
        await call("PUT", "/device", credential, body: device.json) { _ in }
    }

    func forgetDevice(_ installationID: String, credential: String) async -> Ending<Void> {
        let id = installationID.addingPercentEncoding(withAllowedCharacters: .unreserved) ?? ""
        return await call("DELETE", "/device/\(id)", credential) { _ in }
    }

    func tell(_ properties: [String: String], credential: String) async -> Ending<Void> {
        await call("PUT", "/properties", credential, body: ["properties": properties]) { _ in }
    }

    /// `tag` is the one that the answer before had: an unchanged answer costs almost nothing.
    func unread(tag: String?, credential: String) async -> Ending<Unread> {
        struct Counts: Decodable { let unread: Int }
        let headers = tag.map { ["if-none-match": $0] } ?? [:]
        return await call("GET", "/unread", credential, headers: headers) { answer in
            let counts = try JSONDecoder().decode(Counts.self, from: answer.body)
            return Unread(conversations: counts.unread, tag: answer.headers["etag"])
        }
    }

    func logOut(credential: String) async -> Ending<Void> {
        await call("DELETE", "/session", credential) { _ in }
    }

    private func call<Result>(
        _ method: String, _ path: String, _ credential: String, headers: [String: String] = [:],
        body: [String: Any]? = nil, read: (Answer) throws -> Result
    ) async -> Ending<Result> {
        do {
            var all = headers
            all["authorization"] = "Bearer \(credential)"
            if body != nil { all["content-type"] = "application/json" }
            guard let url = URL(string: "\(serverURL)/api/v1/app\(path)") else { return .refused(status: 0) }
            let bytes = try body.map { try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys) }
            let answer = try await line(
                Request(method: method, url: url, headers: all, body: bytes, patience: Self.patience))
            switch answer.status {
            case 304: return .unchanged
            case 401: return .signedOut
            case 408, 429, 500...: return .again(after: seconds(answer.headers["retry-after"]))
            case 300...: return .refused(status: answer.status)
            default: return .done(try read(answer))
            }
        } catch {
            return .again(after: nil)
        }
    }

    private func seconds(_ word: String?) -> TimeInterval? {
        guard let word, word.matches("^[0-9]{1,6}\\z") else { return nil }
        return TimeInterval(word)
    }
}
