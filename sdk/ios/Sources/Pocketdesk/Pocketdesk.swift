#if canImport(UIKit)
@_exported import PocketdeskCore
import Foundation
import UIKit
import UserNotifications

/// The one place where the app speaks to the SDK. Nothing here throws, and nothing is logged.
@MainActor
public enum Pocketdesk {
    /// Posted when `unreadCount` changes.
    public static let unreadDidChange = Notification.Name("PocketdeskUnreadDidChange")

    /// The version of the SDK.
    public static let version = Shell.version

    /// What is wrong with the configuration; nil when nothing is. The chat shows it where it would be.
    public private(set) static var problem: Problem? = .missingConfiguration

    static let configurationDidChange = Notification.Name("PocketdeskConfigurationDidChange")
    private(set) static var shell: Shell?
    private static var chatPage: ChatPage?
    private static var watches: [Watch] = []
    private static var isActive = false

    // MARK: Begin

    /// Call it once, when the app starts.
    public static func configure(serverURL: String, accountID: Int, mobileTag: String) {
        configure { try Configuration(serverURL: serverURL, accountID: accountID, mobileTag: mobileTag) }
    }

    /// The same from the file that the console gives: `Pocketdesk-Info.plist` or `pocketdesk-info.json` in the app's bundle.
    public static func configure(in bundle: Bundle = .main) {
        configure(
            file: bundle.url(forResource: "Pocketdesk-Info", withExtension: "plist")
                ?? bundle.url(forResource: "pocketdesk-info", withExtension: "json"))
    }

    /// The same from a file elsewhere, a property list or JSON by its name.
    public static func configure(file: URL?) {
        let content = file.flatMap { try? Data(contentsOf: $0) }
        configure {
            try file?.pathExtension == "json" ? Configuration(json: content) : Configuration(plist: content)
        }
    }

    /// Loads the chat before it is shown, so that it opens at once.
    public static func prewarm() {
        Task { _ = page() }
    }

    // MARK: Who

    /// Somebody signed in to your app. `refresh` fetches another token from your server when this one is too old.
    public static func identify(token: String, email: String?, refresh: Refresh? = nil) {
        shell?.identify(Identity(token: token, email: email), refresh: refresh)
    }

    /// Like `identify(token:email:)`, where the first token is fetched too; nil means that nobody is signed in.
    public static func identify(by refresh: @escaping Refresh) {
        shell?.identify(by: refresh)
    }

    /// The user signed out of your app: page, device and server forget.
    public static func logOut() async {
        await shell?.logOut()
    }

    // MARK: The chat

    /// Shows the chat on top of a screen of yours.
    public static func open(from presenter: UIViewController) {
        if chatPage?.isShown == true { return }
        presenter.present(PocketdeskViewController(), animated: true)
    }

    /// Leads the chat to a conversation, and shows it if you say where.
    public static func openConversation(_ id: Int, from presenter: UIViewController? = nil) {
        shell?.say(.openConversation(id))
        if let presenter { open(from: presenter) }
    }

    /// Leads the chat to the Help tab, or to one article, and shows it if you say where.
    public static func openHelp(article: Int? = nil, language: String = "", from presenter: UIViewController? = nil) {
        shell?.say(article.map { .openArticle($0, language: language) } ?? .openHelp)
        if let presenter { open(from: presenter) }
    }

    // MARK: What is known, and told

    /// What your app knows of its user and device; agents see it beside the conversation.
    public static func setProperties(_ properties: [String: String]) {
        shell?.setProperties(properties)
    }

    /// In how many conversations there is something unread.
    public static var unreadCount: Int { shell?.unreadCount ?? 0 }

    /// What is told of the chat from now on. Call it after `configure`; without a configuration it is nil.
    @discardableResult
    public static func listen(
        onUnread: (@MainActor (Int) -> Void)? = nil, onConversationStarted: (@MainActor (Int) -> Void)? = nil,
        onConversationSelected: (@MainActor (Int) -> Void)? = nil
    ) -> Listening? {
        shell?.listen(
            Listener(
                onUnread: onUnread, onConversationStarted: onConversationStarted,
                onConversationSelected: onConversationSelected))
    }

    // MARK: Push

    /// The device token that UIKit gave; nil when pushes are not wanted any more. `sandbox`: whether the app was signed for
    /// development, which the SDK finds out by itself.
    public static func setPushToken(_ token: Data?, sandbox: Bool? = nil) {
        shell?.setPushToken(
            token.map {
                PushTarget(
                    token: $0.map { String(format: "%02x", $0) }.joined(), topic: Bundle.main.bundleIdentifier,
                    sandbox: sandbox ?? Signing.isForDevelopment)
            })
    }

    /// Whether a notification that was opened is ours; then the chat opens at its conversation. Takes its `userInfo`.
    @discardableResult
    public static func handlePush(_ userInfo: [AnyHashable: Any], from presenter: UIViewController? = nil) -> Bool {
        guard let opening = Opening(push: userInfo), shell?.open(opening) == true else { return false }
        if let presenter { open(from: presenter) }
        return true
    }

    /// How a notification of ours is shown while the app is in front: not at all where its conversation is being read. Nil:
    /// it is somebody else's.
    public static func presentation(of userInfo: [AnyHashable: Any]) -> UNNotificationPresentationOptions? {
        guard let shell, let opening = Opening(push: userInfo), opening.accountID == shell.configuration.accountID
        else {
            return nil
        }
        let isRead = chatPage?.isShown == true && opening.conversationID == shell.shownConversation
        return isRead ? [] : [.banner, .list, .sound, .badge]
    }

    // MARK: For the SDK's own screens

    /// The page that is there, or a new one; nil without a configuration.
    static func page() -> ChatPage? {
        guard let shell else { return nil }
        if let chatPage { return chatPage }
        let made = ChatPage(shell: shell)
        chatPage = made
        look()
        made.load()
        return made
    }

    /// Whether anybody looks at the chat has changed.
    static func look() {
        shell?.setVisible(isActive)
        shell?.setPaused(!isActive || chatPage?.isShown != true)
    }

    static func openOutside(_ url: URL) {
        if mayOpenOutside(url) { UIApplication.shared.open(url) }
    }

    // MARK: Inside

    private static func configure(_ read: () throws -> Configuration) {
        do {
            let configuration = try read()
            if configuration == shell?.configuration { return }
            begin(configuration)
        } catch {
            end()
            problem = error as? Problem ?? .brokenConfiguration
        }
        NotificationCenter.default.post(name: configurationDidChange, object: nil)
        NotificationCenter.default.post(name: unreadDidChange, object: nil)
    }

    private static func begin(_ configuration: Configuration) {
        end()
        problem = nil
        let made = Shell(configuration: configuration, host: .device(for: configuration))
        made.listen(
            Listener(
                onUnread: { _ in NotificationCenter.default.post(name: unreadDidChange, object: nil) },
                onConversationSelected: { Notices.remove(account: configuration.accountID, conversation: $0) }))
        shell = made
        observe()
        // An app of SwiftUI's may configure before there is a UIApplication.
        Task {
            isActive = UIApplication.shared.applicationState == .active
            look()
        }
    }

    private static func end() {
        shell?.setVisible(false)
        shell = nil
        drop()
    }

    private static func drop() {
        chatPage?.end()
        chatPage = nil
    }

    private static func observe() {
        guard watches.isEmpty else { return }
        watches = [
            Watch(UIApplication.didBecomeActiveNotification) {
                isActive = true
                look()
            },
            Watch(UIApplication.didEnterBackgroundNotification) {
                isActive = false
                look()
            },
            Watch(UIApplication.didReceiveMemoryWarningNotification) {
                if chatPage?.isShown == false { drop() }
            },
        ]
    }
}
#endif
