#if canImport(UIKit)
import Foundation
import PocketdeskCore
import UserNotifications
import WebKit

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What web views keep of the chat.
@MainActor
enum WebData {
    /// A store of our own, of which the app's other web views know nothing; before iOS 17 there is only one for all.
    static var store: WKWebsiteDataStore {
        if #available(iOS 17, *) { return WKWebsiteDataStore(forIdentifier: own) }
        return .default()
    }

    private static let own = UUID(uuidString: "5B0C6E1E-3E0F-4D0B-9C53-9A5E0D6B7A51")!

    /// Removes the server's cookies, and what its pages stored.
    static func forget(_ configuration: Configuration) async {
        let store = store
        let host = configuration.pageAddress.host?.lowercased() ?? ""
        for cookie in await store.httpCookieStore.allCookies() where Self.isOf(host, cookie.domain) {
            await store.httpCookieStore.deleteCookie(cookie)
        }
        let types = WKWebsiteDataStore.allWebsiteDataTypes()
        let records = await store.dataRecords(ofTypes: types).filter { Self.isOf(host, $0.displayName) }
        await store.removeData(ofTypes: types, for: records)
    }

    /// Whether the host is this domain, or one below it.
    private static func isOf(_ host: String, _ domain: String) -> Bool {
        let domain = domain.lowercased()
        let bare = domain.hasPrefix(".") ? String(domain.dropFirst()) : domain
        return !bare.isEmpty && (host == bare || host.hasSuffix(".\(bare)"))
    }
}

/// Notifications of ours that lie in the notification centre.
enum Notices {
    /// Removes those of one conversation, or of all.
    nonisolated static func remove(account: Int, conversation: Int?) {
        UNUserNotificationCenter.current().getDeliveredNotifications { @Sendable delivered in
            let ours = delivered.filter { notice in
                guard let opening = Opening(push: notice.request.content.userInfo), opening.accountID == account
                else {
                    return false
                }
                return conversation == nil || opening.conversationID == conversation
            }
            let names = ours.map(\.request.identifier)
            UNUserNotificationCenter.current().removeDeliveredNotifications(withIdentifiers: names)
        }
    }
}
#endif
