import Foundation

/// What the chat page says to the app. Whatever else it says is left out: a later page may say more.
package enum FromPage: Equatable, Sendable {
    case ready(protocol: Int)
    case identityNeeded
    case loggedOut
    case credential(String, expiresAt: Int)
    case conversationStarted(Int)
    case conversationSelected(Int)
    case unread(Int)
    case close
    case openLink(URL)

    /// What the page said; nil for what no app of this version reads.
    package init?(_ text: String) {
        guard let said = try? JSONDecoder().decode(Said.self, from: Data(text.utf8)),
            let message = said.message
        else { return nil }
        self = message
    }
}

/// What the app says to the chat page.
package enum ToPage: Equatable, Sendable {
    case identity(token: String?, email: String?, appVersion: String?)
    case logOut
    case openConversation(Int)
    case openArticle(Int, language: String)
    case openHelp
    case paused
    case resumed

    /// The message as JSON.
    package var text: String {
        let fields: [(String, String)] =
            switch self {
            case .identity(let token, let email, let appVersion):
                [
                    ("type", quoted("identity")), ("token", quoted(token)), ("email", quoted(email)),
                    ("app_version", quoted(appVersion)),
                ]
            case .logOut: [("type", quoted("log_out"))]
            case .openConversation(let id): [("type", quoted("open_conversation")), ("conversation_id", String(id))]
            case .openArticle(let id, let language):
                [("type", quoted("open_article")), ("article_id", String(id)), ("language", quoted(language))]
            case .openHelp: [("type", quoted("open_help"))]
            case .paused: [("type", quoted("paused"))]
            case .resumed: [("type", quoted("resumed"))]
            }
        return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// The message as the script that is run in the page.
    package var script: String { "window.PocketdeskPage&&PocketdeskPage.receive(\(quoted(text)))" }
}

/// What may be opened outside the chat: web pages, mail and telephone.
package func mayOpenOutside(_ url: URL) -> Bool {
    url.absoluteString.matches(#"^(https?://[^\s/]|mailto:\S|tel:\S)"#)
}

private struct Said: Decodable {
    enum CodingKeys: String, CodingKey {
        case type, `protocol`, credential, count, url
        case expiresAt = "expires_at"
        case conversationID = "conversation_id"
    }

    let message: FromPage?

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) -> String? { try? container.decode(String.self, forKey: key) }
        func whole(_ key: CodingKeys) -> Int? {
            guard let number = try? container.decode(Int.self, forKey: key) else { return nil }
            return 0...Whole.largest ~= number ? number : nil
        }
        switch text(.type) {
        case "ready": message = whole(.protocol).map { .ready(protocol: $0) }
        case "identity_needed": message = .identityNeeded
        case "logged_out": message = .loggedOut
        case "close": message = .close
        case "credential":
            guard let credential = text(.credential), !credential.isEmpty, let end = whole(.expiresAt) else {
                message = nil
                return
            }
            message = .credential(credential, expiresAt: end)
        case "conversation_started": message = whole(.conversationID).map { .conversationStarted($0) }
        case "conversation_selected": message = whole(.conversationID).map { .conversationSelected($0) }
        case "unread": message = whole(.count).map { .unread($0) }
        case "open_link":
            message = text(.url).flatMap { URL(string: $0) }.flatMap { mayOpenOutside($0) ? .openLink($0) : nil }
        default: message = nil
        }
    }
}

/// A text as a literal of JSON and of JavaScript, in which U+2028 and U+2029 once ended a line; nil is null.
private func quoted(_ text: String?) -> String {
    guard let text else { return "null" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // Every text can be written as JSON.
    return String(decoding: try! encoder.encode(text), as: UTF8.self)
        .replacingOccurrences(of: "\u{2028}", with: "\\u2028")
        .replacingOccurrences(of: "\u{2029}", with: "\\u2029")
}
