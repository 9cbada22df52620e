import Foundation

/// Where the chat is: the server, the account, and the word by which the app asks for its chatflow.
package struct Configuration: Equatable, Sendable {
    /// The address of the server, without a slash at its end.
    package let serverURL: String
    package let accountID: Int
    package let mobileTag: String

    /// Throws a `Problem` where there is one.
    package init(serverURL: String, accountID: Int, mobileTag: String) throws {
        let fields = Fields(serverURL: .good(serverURL), accountID: .good(accountID), mobileTag: .good(mobileTag))
        try self.init(fields)
    }

    /// The configuration from a JSON file's bytes. Unknown keys are left alone.
    package init(json: Data?) throws {
        try self.init(json) { try JSONDecoder().decode(Fields.self, from: $0) }
    }

    /// The configuration from a property list's bytes, with the keys of the JSON file.
    package init(plist: Data?) throws {
        try self.init(plist) { try PropertyListDecoder().decode(Fields.self, from: $0) }
    }

    /// The address of the chat page. It never holds who the visitor is.
    package var pageAddress: URL {
        let tag = mobileTag.addingPercentEncoding(withAllowedCharacters: .unreserved) ?? ""
        // Both halves were checked: this is an address.
        return URL(string: "\(serverURL)/conversations-visitor-embed?portalId=\(accountID)&chatflow=\(tag)")!
    }

    /// Whether an address belongs to the server: only its pages are shown and listened to.
    package func isOurs(_ url: URL?) -> Bool {
        guard let address = url?.absoluteString else { return false }
        return address == serverURL || address.hasPrefix("\(serverURL)/")
    }

    /// Whether a page of this origin may be the server's; port 0 is the scheme's own.
    package func isOurs(scheme: String, host: String, port: Int) -> Bool {
        guard let own = URLComponents(string: serverURL), let ownHost = own.host else { return false }
        func number(_ scheme: String?, _ port: Int?) -> Int {
            if let port, port > 0 { return port }
            return scheme?.lowercased() == "https" ? 443 : 80
        }
        return scheme.lowercased() == own.scheme?.lowercased() && host.lowercased() == ownHost.lowercased()
            && number(scheme, port) == number(own.scheme, own.port)
    }

    private init(_ data: Data?, decode: (Data) throws -> Fields) throws {
        guard let data else { throw Problem.missingConfiguration }
        guard let fields = try? decode(data) else { throw Problem.brokenConfiguration }
        try self.init(fields)
    }

    private init(_ fields: Fields) throws {
        switch fields.serverURL {
        case .missing, .good(""): throw Problem.missingServer
        case .bad: throw Problem.badServer
        case .good(let given):
            let address = given.trimmingCharacters(in: .whitespacesAndNewlines)
            guard address.matches(Self.address) else { throw Problem.badServer }
            guard address.matches(Self.secure) || address.matches(Self.here) else { throw Problem.insecureServer }
            serverURL = address.replacingOccurrences(of: "/+\\z", with: "", options: .regularExpression)
        }
        guard case .good(let account) = fields.accountID, 1...Whole.largest ~= account else { throw Problem.badAccount }
        accountID = account
        guard case .good(let word) = fields.mobileTag else { throw Problem.missingMobileTag }
        mobileTag = word.trimmingCharacters(in: .whitespacesAndNewlines)
        if mobileTag.isEmpty { throw Problem.missingMobileTag }
    }

    private static let address = #"^https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?(/[a-z0-9_./~-]*)?\z"#
    private static let secure = "^https://"
    /// A server on this machine or in this network, where a developer may go without a certificate.
    private static let here =
        #"^http://(localhost|127(\.[0-9]{1,3}){3}|10(\.[0-9]{1,3}){3}|192\.168(\.[0-9]{1,3}){2}|"#
        + #"172\.(1[6-9]|2[0-9]|3[01])(\.[0-9]{1,3}){2}|\[::1\]|[a-z0-9_-]+\.local)([:/]|\z)"#
}

/// Why there is no chat to show. Each has a text of its own on the screen.
public enum Problem: String, Error, CaseIterable, Sendable {
    case missingConfiguration = "missing_configuration"
    case brokenConfiguration = "broken_configuration"
    case missingServer = "missing_server"
    case badServer = "bad_server"
    case insecureServer = "insecure_server"
    case badAccount = "bad_account"
    case missingMobileTag = "missing_mobile_tag"

    /// For the developer who reads it on the screen.
    public var text: String {
        switch self {
        case .missingConfiguration: "Pocketdesk is not configured: call Pocketdesk.configure first."
        case .brokenConfiguration: "The configuration of Pocketdesk can not be read."
        case .missingServer: "The configuration of Pocketdesk names no server_url."
        case .badServer: "server_url must be an address like https://chat.example.org."
        case .insecureServer: "server_url must begin with https://, except for a server on this machine or network."
        case .badAccount: "account_id must be the number of your account."
        case .missingMobileTag: "The configuration of Pocketdesk names no mobile_tag."
        }
    }
}

/// What a file holds, before it is known to be good.
private struct Fields: Decodable {
    enum Field<Value: Decodable> {
        case missing
        case bad
        case good(Value)
    }

    enum CodingKeys: String, CodingKey {
        case serverURL = "server_url"
        case accountID = "account_id"
        case mobileTag = "mobile_tag"
    }

    let serverURL: Field<String>
    let accountID: Field<Int>
    let mobileTag: Field<String>

    init(serverURL: Field<String>, accountID: Field<Int>, mobileTag: Field<String>) {
        self.serverURL = serverURL
        self.accountID = accountID
        self.mobileTag = mobileTag
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func field<Value: Decodable>(_ key: CodingKeys) -> Field<Value> {
            guard container.contains(key) else { return .missing }
            return (try? container.decode(Value.self, forKey: key)).map(Field.good) ?? .bad
        }
        serverURL = field(.serverURL)
        accountID = field(.accountID)
        mobileTag = field(.mobileTag)
    }
}

/// Whole numbers as every client reads them: those that JavaScript holds exactly.
enum Whole {
    static let largest = 9_007_199_254_740_991

    /// A number written as text; nil for any other text.
    static func read(_ text: Any?) -> Int? {
        guard let text = text as? String, text.matches("^[0-9]{1,16}\\z"), let number = Int(text) else { return nil }
        return number <= largest ? number : nil
    }
}

extension CharacterSet {
    static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

extension String {
    /// Whether the pattern is found, in either case of letters.
    func matches(_ pattern: String) -> Bool {
        range(of: pattern, options: [.regularExpression, .caseInsensitive]) != nil
    }
}
