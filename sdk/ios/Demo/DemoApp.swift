// The smallest app with everything: make an iOS app in Xcode, add this package and this file, and the console's
// Pocketdesk-Info.plist.
import Pocketdesk
import SwiftUI
import UIKit
import UserNotifications

@main
struct DemoApp: App {
    @UIApplicationDelegateAdaptor private var delegate: DemoDelegate

    var body: some Scene {
        WindowGroup { Shop() }
    }
}

struct Shop: View {
    @StateObject private var unread = UnreadCount()
    @State private var isSignedIn = false

    var body: some View {
        TabView {
            NavigationView {
                List {
                    Section("Account") {
                        if isSignedIn {
                            Button("Sign out", action: signOut)
                        } else {
                            Button("Sign in", action: signIn)
                        }
                    }
                    Section("Help") {
                        Button("How to send something back") { lead { Pocketdesk.openHelp(article: 77, from: $0) } }
                    }
                }
                .navigationTitle("Shop")
                .overlay(PocketdeskLauncher().padding(), alignment: .bottomTrailing)
            }
            .tabItem { Label("Shop", systemImage: "bag") }
            PocketdeskChat()
                .ignoresSafeArea(.container, edges: .top)
                .tabItem { Label("Chat", systemImage: "bubble.left") }
                .badge(unread.count)
        }
    }

    private func signIn() {
        isSignedIn = true
        Pocketdesk.identify(by: ShopServer.chatToken)
        Pocketdesk.setProperties(["plan": "gold"])
    }

    private func signOut() {
        isSignedIn = false
        Task { await Pocketdesk.logOut() }
    }

    private func lead(_ open: (UIViewController) -> Void) {
        if let top = DemoDelegate.top { open(top) }
    }
}

/// Your own server, which knows who is signed in and has the chat's token (docs/howto/identity.md).
enum ShopServer {
    struct ChatToken: Decodable {
        let token: String
        let email: String
    }

    @MainActor
    static func chatToken() async throws -> Identity? {
        let (body, answer) = try await URLSession.shared.data(from: URL(string: "https://shop.example.com/chat-token")!)
        if (answer as? HTTPURLResponse)?.statusCode == 401 { return nil }
        let found = try JSONDecoder().decode(ChatToken.self, from: body)
        return Identity(token: found.token, email: found.email)
    }
}

final class DemoDelegate: NSObject, UIApplicationDelegate, UNUserNotificationCenterDelegate {
    static var top: UIViewController? {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        var found = scenes.flatMap(\.windows).first { $0.isKeyWindow }?.rootViewController
        while let next = found?.presentedViewController { found = next }
        return found
    }

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
    ) -> Bool {
        Pocketdesk.configure()
        Pocketdesk.prewarm()
        let centre = UNUserNotificationCenter.current()
        centre.delegate = self
        centre.requestAuthorization(options: [.alert, .badge, .sound]) { @Sendable _, _ in }
        application.registerForRemoteNotifications()
        return true
    }

    func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken token: Data) {
        Pocketdesk.setPushToken(token)
    }

    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
        withCompletionHandler show: @escaping (UNNotificationPresentationOptions) -> Void
    ) {
        show(Pocketdesk.presentation(of: notification.request.content.userInfo) ?? .banner)
    }

    func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler done: @escaping () -> Void
    ) {
        Pocketdesk.handlePush(response.notification.request.content.userInfo, from: Self.top)
        done()
    }
}
