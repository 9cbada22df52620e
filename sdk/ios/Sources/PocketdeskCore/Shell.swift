import Foundation

/// Who is signed in to the app: a token that proves it, and the address that it proves.
public struct Identity: Equatable, Sendable {
    public let token: String
    public let email: String?

    public init(token: String, email: String?) {
        self.token = token
        self.email = email
    }
}

/// Fetches another token from the app's own server. Nil: nobody is signed in. Throws where that could not be found out.
public typealias Refresh = @MainActor () async throws -> Identity?

/// Keeps a few short words across starts of the app: the keychain. A method throws where it can not be reached.
@MainActor
package protocol SecureStore {
    func get(_ key: String) throws -> String?
    func set(_ key: String, _ value: String) throws
    func remove(_ key: String) throws
}

/// What is told of the chat. Leave out what you do not need.
package struct Listener {
    package var onUnread: (@MainActor (Int) -> Void)?
    package var onConversationStarted: (@MainActor (Int) -> Void)?
    package var onConversationSelected: (@MainActor (Int) -> Void)?

    package init(
        onUnread: (@MainActor (Int) -> Void)? = nil, onConversationStarted: (@MainActor (Int) -> Void)? = nil,
        onConversationSelected: (@MainActor (Int) -> Void)? = nil
    ) {
        self.onUnread = onUnread
        self.onConversationStarted = onConversationStarted
        self.onConversationSelected = onConversationSelected
    }
}

/// What `listen` gives back. It goes on also when this is thrown away.
@MainActor
public struct Listening {
    private let end: @MainActor () -> Void

    init(end: @escaping @MainActor () -> Void) {
        self.end = end
    }

    public func stop() {
        end()
    }
}

/// The open chat page, if there is one.
@MainActor
package protocol Page: AnyObject {
    func receive(_ message: ToPage)
    func close()
    func openLink(_ url: URL)
    /// The page did not answer at log-out: it has to go.
    func reload()
}

/// The app around the shell.
package struct HostApp {
    package var appVersion: String
    package var locale: String
    package var store: any SecureStore
    package var line: Line
    package var later: Later
    /// The time in seconds.
    package var now: @MainActor () -> TimeInterval
    /// A UUID in lower case.
    package var newID: @MainActor () -> String
    /// What the device tells of itself, at this moment.
    package var facts: @MainActor () -> [String: String]
    /// Removes what web views and notifications keep of the visitor.
    package var forget: @MainActor () async -> Void

    package init(
        appVersion: String, locale: String, store: any SecureStore, line: @escaping Line, later: @escaping Later,
        now: @escaping @MainActor () -> TimeInterval, newID: @escaping @MainActor () -> String,
        facts: @escaping @MainActor () -> [String: String], forget: @escaping @MainActor () async -> Void
    ) {
        self.appVersion = appVersion
        self.locale = locale
        self.store = store
        self.line = line
        self.later = later
        self.now = now
        self.newID = newID
        self.facts = facts
        self.forget = forget
    }
}

/// Everything of the SDK that is not a screen: who is signed in, the page's other end, the device, what is unread, log-out.
/// It throws nothing into the app, and logs nothing.
@MainActor
package final class Shell {
    package nonisolated static let version = "0.1.0"
    package nonisolated static let userAgent = "PocketdeskSDK/\(version) (ios)"

    package let configuration: Configuration
    /// In how many conversations there is something unread.
    package private(set) var unreadCount = 0
    /// The conversation that the page shows.
    package private(set) var shownConversation: Int?

    private static let unreadEvery: TimeInterval = 60
    private static let loggedOutWithin: TimeInterval = 2
    private static let sameDeviceAfter: TimeInterval = 20
    private static let credentialKey = "credential"
    private static let installationKey = "installation"
    private static let leavingKey = "leaving"
    /// How many sessions that the server has not been told of are remembered.
    private static let mostLeaving = 10

    private let host: HostApp
    private let server: Server
    private var listeners: [Int: Listener] = [:]
    private var listened = 0
    private weak var page: (any Page)?
    private var isReady = false
    private var identity: Identity?
    private var refresh: Refresh?
    /// Whether it is known who is signed in. Until then the page waits.
    private var isNamed = true
    private var asking = 0
    private var credential: String?
    private var isLoaded = false
    private var installation = ""
    private var push: PushTarget?
    private var properties: [String: String] = [:]
    private var pending: ToPage?
    private var tag: String?
    private var isVisible = false
    private var isPaused = false
    private var callOff: (@MainActor () -> Void)?
    private var farewell: Farewell?
    private var registered: (device: Device, credential: String, at: TimeInterval)?
    private var deviceErrand: Errand!
    private var propertiesErrand: Errand!
    private var leavingErrand: Errand!

    package init(configuration: Configuration, host: HostApp) {
        self.configuration = configuration
        self.host = host
        server = Server(serverURL: configuration.serverURL, line: host.line)
        deviceErrand = Errand(later: host.later) { [weak self] in await self?.registerDevice() }
        propertiesErrand = Errand(later: host.later) { [weak self] in await self?.tellProperties() }
        leavingErrand = Errand(later: host.later) { [weak self] in await self?.tellLeaving() }
        load()
    }

    // MARK: What the app says

    /// Somebody is signed in. `refresh` is asked for another token when this one does not hold any more.
    package func identify(_ identity: Identity, refresh: Refresh? = nil) {
        asking += 1
        self.identity = identity
        self.refresh = refresh
        isNamed = true
        sayIdentity()
    }

    /// Like `identify`, where the first token has to be fetched too. The page waits for it.
    package func identify(by refresh: @escaping Refresh) {
        self.refresh = refresh
        isNamed = false
        askForToken()
    }

    /// What the app knows of itself, its user and its device, for the agents.
    package func setProperties(_ properties: [String: String]) {
        self.properties.merge(properties) { _, new in new }
        propertiesErrand.begin()
    }

    /// The push service's word for this device; nil when pushes are not wanted any more.
    package func setPushToken(_ push: PushTarget?) {
        if push == self.push { return }
        self.push = push
        deviceErrand.begin()
    }

    /// Leads the page to where a push came from, now or when it is open. False: it is for another account.
    package func open(_ opening: Opening) -> Bool {
        guard opening.accountID == configuration.accountID else { return false }
        if let id = opening.conversationID { say(.openConversation(id)) }
        return true
    }

    /// Says something to the page, now or when it can receive. The last of what waits counts.
    package func say(_ message: ToPage) {
        if isReady, isNamed, farewell == nil, let page { page.receive(message) } else { pending = message }
    }

    /// What is told of the chat from now on, until it is stopped.
    @discardableResult
    package func listen(_ listener: Listener) -> Listening {
        listened += 1
        let number = listened
        listeners[number] = listener
        return Listening { [weak self] in self?.listeners[number] = nil }
    }

    /// The app is in front, or no longer. What is unread is asked for only while it is.
    package func setVisible(_ isVisible: Bool) {
        if isVisible == self.isVisible { return }
        self.isVisible = isVisible
        callOff?()
        callOff = nil
        if isVisible {
            load()
            askUnread()
        }
    }

    /// The page is not looked at, so that nothing counts as read; or it is again.
    package func setPaused(_ isPaused: Bool) {
        if isPaused == self.isPaused { return }
        self.isPaused = isPaused
        if isReady { page?.receive(isPaused ? .paused : .resumed) }
    }

    /// Nobody is signed in any more: page, device and server forget. Done when the page has said so, or soon.
    package func logOut() async {
        identity = nil
        refresh = nil
        isNamed = true
        asking += 1
        properties = [:]
        pending = nil
        tag = nil
        registered = nil
        deviceErrand.end()
        propertiesErrand.end()
        leave()
        let answered = await sayFarewell()
        count(0)
        shownConversation = nil
        leavingErrand.begin()
        await host.forget()
        farewell = nil
        if answered { sayIdentity() } else { page?.reload() }
    }

    // MARK: The page's other end

    /// A chat page begins to load. What comes from it goes to `receive`.
    package func attach(_ page: any Page) {
        self.page = page
        isReady = false
        shownConversation = nil
    }

    /// The page is gone.
    package func detach(_ page: any Page) {
        guard self.page === page else { return }
        self.page = nil
        isReady = false
        shownConversation = nil
        farewell?.end(answered: true)
    }

    /// What the page said.
    package func receive(_ text: String) {
        switch FromPage(text) {
        case nil: break
        case .ready:
            isReady = true
            sayIdentity()
            if isPaused { page?.receive(.paused) }
        case .identityNeeded:
            isNamed = false
            askForToken()
        case .loggedOut:
            if let farewell { farewell.end(answered: true) } else { sayIdentity() }
        case .credential(let credential, _):
            // What is still on its way from a session that ends is of no use any more.
            if farewell == nil { keep(credential) }
        case .conversationStarted(let id): tell { $0.onConversationStarted?(id) }
        case .conversationSelected(let id):
            shownConversation = id
            tell { $0.onConversationSelected?(id) }
        case .unread(let unread): count(unread)
        case .close: page?.close()
        case .openLink(let url): page?.openLink(url)
        }
    }

    private func sayIdentity() {
        guard let page, isReady, isNamed, farewell == nil else { return }
        let appVersion = host.appVersion.isEmpty ? nil : host.appVersion
        page.receive(.identity(token: identity?.token, email: identity?.email, appVersion: appVersion))
        if let waiting = pending {
            pending = nil
            page.receive(waiting)
        }
    }

    /// Asks the app until it gives a token, or says that nobody is signed in. A newer question ends this one.
    private func askForToken(tries: Int = 0) {
        asking += 1
        let turn = asking
        let refresh = refresh
        Task {
            do {
                let found = try await refresh?()
                if turn != asking { return }
                identity = found
                isNamed = true
                sayIdentity()
            } catch {
                _ = host.later(pause(after: tries)) { [weak self] in
                    if turn == self?.asking { self?.askForToken(tries: tries + 1) }
                }
            }
        }
    }

    /// Whether the page said that it forgot, within two seconds.
    private func sayFarewell() async -> Bool {
        let farewell = Farewell()
        self.farewell = farewell
        guard let page, isReady else { return true }
        return await withCheckedContinuation { done in
            farewell.done = done
            farewell.callOff = host.later(Self.loggedOutWithin) { farewell.end(answered: false) }
            page.receive(.logOut)
        }
    }

    // MARK: What is kept, and what is told to the server

    /// Reads what was kept; once more later, where the keychain can not be read yet.
    private func load() {
        if isLoaded { return }
        do {
            let kept = try host.store.get(Self.installationKey)
            if let kept, !kept.isEmpty {
                installation = kept
            } else {
                if installation.isEmpty { installation = host.newID() }
                try host.store.set(Self.installationKey, installation)
            }
            if credential == nil { credential = try host.store.get(Self.credentialKey) }
            isLoaded = true
            if try host.store.get(Self.leavingKey) != nil { leavingErrand.begin() }
        } catch {
            if installation.isEmpty { installation = host.newID() }
        }
    }

    private func keep(_ credential: String) {
        load()
        self.credential = credential
        tag = nil
        // Where it can not be kept, it holds until the app ends.
        try? host.store.set(Self.credentialKey, credential)
        deviceErrand.begin()
        propertiesErrand.begin()
        if isVisible { askUnread() }
    }

    /// The server said that the credential does not hold.
    private func drop(_ credential: String) {
        guard credential == self.credential else { return }
        self.credential = nil
        tag = nil
        try? host.store.remove(Self.credentialKey)
    }

    /// What the server has to be told, also if the app ends now, instead of what was kept.
    private func leave() {
        load()
        guard let credential else { return }
        self.credential = nil
        unsaid.append(credential)
        try? host.store.remove(Self.credentialKey)
        keepUnsaid()
    }

    /// Sessions that ended here, which the server may not know yet.
    private lazy var unsaid: [String] = keptUnsaid()

    private func keptUnsaid() -> [String] {
        let kept = (try? host.store.get(Self.leavingKey)) ?? ""
        return kept.split(separator: "\n").map(String.init)
    }

    private func keepUnsaid() {
        unsaid = Array(unsaid.suffix(Self.mostLeaving))
        if unsaid.isEmpty {
            try? host.store.remove(Self.leavingKey)
        } else {
            try? host.store.set(Self.leavingKey, unsaid.joined(separator: "\n"))
        }
    }

    private func tellLeaving() async -> Ending<Void>? {
        while let credential = unsaid.first {
            let ending = await server.logOut(credential: credential)
            if case .again = ending { return ending }
            unsaid.removeAll { $0 == credential }
            keepUnsaid()
        }
        return nil
    }

    private func registerDevice() async -> Ending<Void>? {
        guard let credential else { return nil }
        let device = Device(
            installationID: installation, push: push, appVersion: host.appVersion.cut(to: 40),
            sdkVersion: Self.version, locale: host.locale.cut(to: 40))
        if let registered, registered.device == device, registered.credential == credential,
            abs(host.now() - registered.at) < Self.sameDeviceAfter
        {
            return nil
        }
        let ending = await server.register(device, credential: credential)
        switch ending {
        case .done: registered = (device, credential, host.now())
        case .signedOut: drop(credential)
        default: break
        }
        return ending
    }

    private func tellProperties() async -> Ending<Void>? {
        guard let credential else { return nil }
        let all = PropertyLimits.joined(properties, host.facts())
        if all.isEmpty { return nil }
        let ending = await server.tell(all, credential: credential)
        if case .signedOut = ending { drop(credential) }
        return ending
    }

    private func askUnread() {
        callOff?()
        callOff = nil
        Task {
            var wait = Self.unreadEvery
            if let credential, isVisible {
                switch await server.unread(tag: tag, credential: credential) {
                case .done(let unread) where credential == self.credential:
                    tag = unread.tag
                    count(unread.conversations)
                case .signedOut: drop(credential)
                case .again(let after): wait = max(wait, after ?? 0)
                default: break
                }
            }
            if !isVisible { return }
            callOff?()
            callOff = host.later(wait) { [weak self] in self?.askUnread() }
        }
    }

    private func count(_ unread: Int) {
        if unread == unreadCount { return }
        unreadCount = unread
        tell { $0.onUnread?(unread) }
    }

    private func tell(_ about: (Listener) -> Void) {
        for number in listeners.keys.sorted() {
            if let listener = listeners[number] { about(listener) }
        }
    }
}

/// The wait for the page's last word. Ends once.
@MainActor
private final class Farewell {
    var done: CheckedContinuation<Bool, Never>?
    var callOff: (@MainActor () -> Void)?

    func end(answered: Bool) {
        callOff?()
        callOff = nil
        done?.resume(returning: answered)
        done = nil
    }
}
