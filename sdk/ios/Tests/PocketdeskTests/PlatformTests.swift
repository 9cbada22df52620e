import Foundation
import PocketdeskCore
import Security
import Testing
import UIKit
import UserNotifications
import WebKit

@testable import Pocketdesk

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One app for all: what is tested here is there once on a phone. So one test after the other.
@MainActor @Suite(.serialized)
struct PlatformTests {
    let presenter = UIViewController()
    let server = "https://chat.example.org"
    let calls = Calls()

    @MainActor final class Calls {
        var made: [String] = []
    }

    init() async {
        Keychain.items = []
        Keychain.isLocked = false
        UIApplication.shared.opened = []
        UNUserNotificationCenter.current().delivered = []
        let calls = calls
        let line: Line = { request in
            calls.made.append("\(request.method) \(request.url.path)")
            return Answer(status: 204, headers: [:], body: Data())
        }
        HostApp.line = line
        Pocketdesk.configure(file: nil)
        Pocketdesk.configure(serverURL: server, accountID: 2, mobileTag: "support")
        await settle()
    }

    var controller: PocketdeskViewController { presenter.presentedViewController as! PocketdeskViewController }
    var web: WKWebView { Pocketdesk.page()!.view }

    func open() {
        Pocketdesk.open(from: presenter)
    }

    func say(
        _ text: String, scheme: String = "https", host: String = "chat.example.org", port: Int = 0,
        isMainFrame: Bool = true
    ) {
        let origin = WKSecurityOrigin(protocol: scheme, host: host, port: port)
        let message = WKScriptMessage(
            body: text, frameInfo: WKFrameInfo(isMainFrame: isMainFrame, securityOrigin: origin))
        let controller = web.configuration.userContentController
        controller.handlers["pocketdesk"]?.userContentController(controller, didReceive: message)
    }

    func ready() {
        say(#"{"type":"ready","protocol":1}"#)
    }

    func settle() async {
        for _ in 0..<100 { await Task.yield() }
    }

    func visible(_ view: UIView, of kind: UIView.Type) -> [UIView] {
        view.subviews.filter { !$0.isHidden }.flatMap { (type(of: $0) == kind ? [$0] : []) + visible($0, of: kind) }
    }

    // MARK: The page

    @Test("C02 it shows the page of the server, and says that it is our SDK")
    func page() throws {
        open()
        #expect(
            web.loads.map(\.absoluteString) == ["\(server)/conversations-visitor-embed?portalId=2&chatflow=support"])
        #expect(web.configuration.applicationNameForUserAgent == "PocketdeskSDK/\(Pocketdesk.version) (ios)")
        #expect(controller.view.subviews.contains { $0 === web })
    }

    @Test("C17 it answers the page with who is signed in, outside the address")
    func identity() {
        Pocketdesk.identify(token: "tok'en\"</script>", email: "mia@example.org")
        open()
        ready()
        #expect(web.scripts.joined().contains("tok'en"))
        #expect(!web.loads.description.contains("tok"))
    }

    @Test("what other pages and frames say is not heard")
    func strangers() {
        open()
        let close = #"{"type":"close"}"#
        say(close, host: "evil.example")
        say(close, host: "chat.example.org.evil.example")
        say(close, scheme: "http")
        say(close, port: 8443)
        say(close, isMainFrame: false)
        #expect(presenter.presentedViewController != nil)
        say(close, port: 443)
        #expect(presenter.presentedViewController == nil)
    }

    @Test("an app that closes the chat itself is asked to")
    func close() {
        open()
        var closed = 0
        controller.onClose = { closed += 1 }
        say(#"{"type":"close"}"#)
        #expect(closed == 1)
        #expect(presenter.presentedViewController != nil)
    }

    @Test("C20 the main frame stays at the server; other addresses open outside, dangerous ones nowhere")
    func navigation() async {
        open()
        let main = WKFrameInfo(
            isMainFrame: true, securityOrigin: WKSecurityOrigin(protocol: "https", host: "chat.example.org", port: 0))
        let inner = WKFrameInfo(
            isMainFrame: false, securityOrigin: WKSecurityOrigin(protocol: "https", host: "x.example", port: 0))
        func policy(_ address: String, _ frame: WKFrameInfo?) async -> WKNavigationActionPolicy {
            let action = WKNavigationAction(request: URLRequest(url: URL(string: address)!), targetFrame: frame)
            return await web.navigationDelegate!.webView(web, decidePolicyFor: action)
        }
        #expect(await policy("\(server)/conversations-visitor-embed", main) == .allow)
        #expect(await policy("https://x.example/", inner) == .allow)
        for address in [
            "https://example.com/", "\(server).evil.example/", "intent://scan/#Intent;end", "file:///etc/passwd",
        ] {
            #expect(await policy(address, main) == .cancel)
        }
        #expect(await policy("mailto:mia@example.org", nil) == .cancel)
        #expect(await policy("\(server)/file/7", nil) == .cancel)
        say(#"{"type":"open_link","url":"tel:+31201234567"}"#)
        #expect(
            UIApplication.shared.opened.map(\.absoluteString) == [
                "https://example.com/", "\(server).evil.example/", "mailto:mia@example.org", "\(server)/file/7",
                "tel:+31201234567",
            ])
    }

    @Test("C21 each problem says what it is, and the chat comes when it is mended")
    func problems() {
        Pocketdesk.configure(serverURL: "http://chat.example.org", accountID: 2, mobileTag: "support")
        #expect(Pocketdesk.problem == .insecureServer)
        open()
        let label = visible(controller.view, of: UILabel.self).first as? UILabel
        #expect(label?.text == Problem.insecureServer.text)
        #expect(visible(controller.view, of: UIButton.self).isEmpty)
        Pocketdesk.configure(serverURL: server, accountID: 2, mobileTag: "support")
        #expect(visible(controller.view, of: UILabel.self).isEmpty)
        #expect(controller.view.subviews.contains { $0 === web })
    }

    @Test("C19 the console's file is read from the app's bundle, as a property list or as JSON")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        Pocketdesk.configure(in: try #require(Bundle(path: folder.path)))
        #expect(Pocketdesk.problem == .missingConfiguration)
        let fields: [String: Any] = ["server_url": server, "account_id": 7, "mobile_tag": "shop"]
        let json = folder.appendingPathComponent("pocketdesk-info.json")
        try JSONSerialization.data(withJSONObject: fields).write(to: json)
        Pocketdesk.configure(file: json)
        #expect(Pocketdesk.shell?.configuration.accountID == 7)
        let plist = folder.appendingPathComponent("Pocketdesk-Info.plist")
        try PropertyListSerialization.data(fromPropertyList: fields, format: .xml, options: 0).write(to: plist)
        Pocketdesk.configure(file: nil)
        Pocketdesk.configure(file: plist)
        #expect(Pocketdesk.shell?.configuration.mobileTag == "shop")
        try Data("{".utf8).write(to: json)
        Pocketdesk.configure(file: json)
        #expect(Pocketdesk.problem == .brokenConfiguration)
    }

    @Test("a page that can not be loaded can be tried again")
    func failure() async throws {
        open()
        let lost = NSError(domain: NSURLErrorDomain, code: NSURLErrorNotConnectedToInternet)
        let cancelled = NSError(domain: NSURLErrorDomain, code: NSURLErrorCancelled)
        web.navigationDelegate?.webView(web, didFail: nil, withError: cancelled)
        #expect(visible(controller.view, of: UILabel.self).isEmpty)
        web.navigationDelegate?.webView(web, didFailProvisionalNavigation: nil, withError: lost)
        #expect((visible(controller.view, of: UILabel.self).first as? UILabel)?.text == "The chat could not be loaded.")
        #expect(web.isHidden)
        (visible(controller.view, of: UIButton.self).first as? UIButton)?.touch()
        #expect(web.loads.count == 2)
        web.navigationDelegate?.webView(web, didFinish: nil)
        #expect(!web.isHidden)
        let broken = HTTPURLResponse(url: URL(string: server)!, statusCode: 502, httpVersion: nil, headerFields: nil)!
        let answer = WKNavigationResponse(response: broken, isForMainFrame: true)
        #expect(await web.navigationDelegate?.webView(web, decidePolicyFor: answer) == .cancel)
        #expect(web.isHidden)
    }

    @Test("C23 it speaks the first language of the device's that it knows, or English")
    func languages() {
        let text = "Try again"
        #expect(Words.own(text, in: ["ja-JP", "de-AT", "fr"]) == "Erneut versuchen")
        #expect(Words.own(text, in: ["pt_BR"]) == "Tentar novamente")
        #expect(Words.own(text, in: ["en-GB", "de"]) == text)
        #expect(Words.own(text, in: ["ja"]) == text)
        #expect(Words.own("Chat", in: ["it"]) == "Chat")
    }

    @Test("a page whose process died comes back, once by itself")
    func death() {
        open()
        web.navigationDelegate?.webViewWebContentProcessDidTerminate(web)
        #expect(web.loads.count == 2)
        ready()
        #expect(web.scripts.count == 1)
        web.navigationDelegate?.webViewWebContentProcessDidTerminate(web)
        #expect(web.loads.count == 2)
        #expect(web.isHidden)
    }

    @Test("a page that died while nobody looked is loaded when somebody does")
    func quietDeath() async {
        Pocketdesk.prewarm()
        await settle()
        web.navigationDelegate?.webViewWebContentProcessDidTerminate(web)
        #expect(web.loads.count == 1)
        open()
        #expect(web.loads.count == 2)
    }

    @Test("a prewarmed page is the one that is shown, and nothing counts as read before")
    func prewarm() async {
        Pocketdesk.prewarm()
        await settle()
        ready()
        #expect(web.scripts.last?.contains("paused") == true)
        open()
        #expect(web.loads.count == 1)
        #expect(web.scripts.last?.contains("resumed") == true)
        NotificationCenter.default.post(name: UIApplication.didEnterBackgroundNotification, object: nil)
        #expect(web.scripts.last?.contains("paused") == true)
        NotificationCenter.default.post(name: UIApplication.didBecomeActiveNotification, object: nil)
        #expect(web.scripts.last?.contains("resumed") == true)
        controller.dismiss(animated: true)
        #expect(web.scripts.last?.contains("paused") == true)
    }

    @Test("memory that is short takes the page away, unless somebody looks at it")
    func memory() {
        open()
        let before = web
        NotificationCenter.default.post(name: UIApplication.didReceiveMemoryWarningNotification, object: nil)
        #expect(web === before)
        controller.dismiss(animated: true)
        NotificationCenter.default.post(name: UIApplication.didReceiveMemoryWarningNotification, object: nil)
        #expect(web !== before)
        #expect(before.configuration.userContentController.handlers.isEmpty)
    }

    // MARK: Push

    @Test("C09 a push opens the chat at its conversation")
    func push() {
        let ours = ["pd_account": "2", "pd_conversation": "77", "hsThreadId": "77"]
        #expect(!Pocketdesk.handlePush(["aps": ["alert": "Sale"]], from: presenter))
        #expect(!Pocketdesk.handlePush(["pd_account": "3", "pd_conversation": "77"], from: presenter))
        #expect(presenter.presentedViewController == nil)
        #expect(Pocketdesk.handlePush(ours, from: presenter))
        ready()
        #expect(web.scripts.last?.contains(#"\"conversation_id\":77"#) == true)
    }

    @Test("C08 a notification is quiet while its conversation is being read")
    func quiet() {
        let ours = ["pd_account": "2", "pd_conversation": "77"]
        #expect(Pocketdesk.presentation(of: ["aps": "x"]) == nil)
        #expect(Pocketdesk.presentation(of: ours) == [.banner, .list, .sound, .badge])
        open()
        ready()
        say(#"{"type":"conversation_selected","conversation_id":77}"#)
        #expect(Pocketdesk.presentation(of: ours) == [])
        #expect(Pocketdesk.presentation(of: ours.merging(["pd_conversation": "78"]) { $1 }) != [])
        controller.dismiss(animated: true)
        #expect(Pocketdesk.presentation(of: ours) != [])
    }

    @Test("what lies in the notification centre goes when its conversation is read, and all of it at log-out")
    func notices() async {
        func notice(_ name: String, _ payload: [String: String]) -> UNNotification {
            UNNotification(
                request: UNNotificationRequest(identifier: name, content: UNNotificationContent(userInfo: payload)))
        }
        let centre = UNUserNotificationCenter.current()
        centre.delivered = [
            notice("read", ["pd_account": "2", "pd_conversation": "77"]),
            notice("other", ["pd_account": "2", "pd_conversation": "78"]), notice("foreign", ["from": "shop"]),
        ]
        open()
        ready()
        say(#"{"type":"conversation_selected","conversation_id":77}"#)
        #expect(centre.delivered.map(\.request.identifier) == ["other", "foreign"])
        controller.dismiss(animated: true)
        NotificationCenter.default.post(name: UIApplication.didReceiveMemoryWarningNotification, object: nil)
        await Pocketdesk.logOut()
        #expect(centre.delivered.map(\.request.identifier) == ["foreign"])
    }

    @Test("C07 the token that UIKit gives is told in hexadecimals, with the app's signing")
    func token() async throws {
        Pocketdesk.setPushToken(Data([0x0A, 0xFF]), sandbox: true)
        open()
        ready()
        say(#"{"type":"credential","credential":"first","expires_at":9000000000000}"#)
        await settle()
        #expect(Set(calls.made) == ["PUT /api/v1/app/device", "PUT /api/v1/app/properties", "GET /api/v1/app/unread"])
        let provision = { (kind: String) in
            Data([0x30, 0x82]) + Data("<key>aps-environment</key>\n\t<string>\(kind)</string>".utf8)
        }
        #expect(Signing.isForDevelopment(provision: provision("development")))
        #expect(!Signing.isForDevelopment(provision: provision("production")))
        #expect(!Signing.isForDevelopment(provision: nil))
    }

    // MARK: Log-out and what is kept

    @Test("C16 log-out removes the server's cookies and pages' data, and nobody else's")
    func logOut() async throws {
        func cookie(_ domain: String) throws -> HTTPCookie {
            try #require(HTTPCookie(properties: [.name: "messagesUtk", .value: "x", .domain: domain, .path: "/"]))
        }
        let store = web.configuration.websiteDataStore
        store.httpCookieStore.jar.cookies = [
            try cookie("chat.example.org"), try cookie(".example.org"), try cookie("shop.example.net"),
        ]
        store.records = [
            WKWebsiteDataRecord(displayName: "example.org"), WKWebsiteDataRecord(displayName: "example.net"),
        ]
        open()
        ready()
        say(#"{"type":"credential","credential":"first","expires_at":9000000000000}"#)
        #expect(Keychain.items.contains { $0[kSecAttrAccount] as? String == "credential" })
        let gone = Task { await Pocketdesk.logOut() }
        await settle()
        say(#"{"type":"logged_out"}"#)
        await gone.value
        await settle()
        #expect(store.httpCookieStore.jar.cookies.map(\.domain) == ["shop.example.net"])
        #expect(calls.made.last == "DELETE /api/v1/app/session")
        #expect(Keychain.items.map { $0[kSecAttrAccount] as? String } == ["installation"])
    }

    @Test("credentials lie in the keychain of this device only, and are not for another server")
    func keychain() throws {
        let marker = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: marker) }
        let here = try Configuration(serverURL: server, accountID: 2, mobileTag: "support")
        let there = try Configuration(serverURL: "https://other.example", accountID: 2, mobileTag: "support")
        let store = KeychainStore(configuration: here, marker: marker)
        try store.set("credential", "one")
        try store.set("credential", "two")
        #expect(try store.get("credential") == "two")
        #expect(
            Keychain.items.last?[kSecAttrAccessible] as? String == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
        #expect(try KeychainStore(configuration: there, marker: marker).get("credential") == nil)
        #expect(try KeychainStore(configuration: here, marker: marker).get("credential") == "two")
        Keychain.isLocked = true
        #expect(throws: KeychainStore.Failure.self) { try store.get("credential") }
        #expect(throws: KeychainStore.Failure.self) { try store.set("credential", "three") }
        Keychain.isLocked = false
        try FileManager.default.removeItem(at: marker)
        #expect(try KeychainStore(configuration: here, marker: marker).get("credential") == nil)
    }

    // MARK: Around it

    @Test("C06 the device tells of itself, and leaves the battery's monitoring as it was")
    func facts() async {
        let told = DeviceFacts.here(appVersion: "", build: "", mayNotify: nil).properties
        #expect(told["os_version"] == "iOS 17.2")
        #expect(told["app_version"] == "N/A")
        #expect(told["screen_size"] == "393x852")
        #expect(told["screen_resolution"] == "1179x2556")
        #expect(told["device_orientation"] == "portrait")
        #expect(told["battery_level"] == "50")
        #expect(told["battery_state"] == "charging")
        #expect(told["device_model"]?.isEmpty == false)
        #expect(!UIDevice.current.isBatteryMonitoringEnabled)
        // Whether it may notify was found out when it was configured.
        let host = HostApp.device(for: Pocketdesk.shell!.configuration)
        await settle()
        #expect(host.facts()["notification_permissions"] == "true")
    }

    @Test("D20 the count of what is unread can be shown")
    func unread() {
        let watched = UnreadCount()
        var heard: [Int] = []
        Pocketdesk.listen(onUnread: { heard.append($0) })
        open()
        ready()
        say(#"{"type":"unread","count":2}"#)
        #expect((Pocketdesk.unreadCount, watched.count, heard) == (2, 2, [2]))
    }

    @Test("what the app leads the chat to waits for the page")
    func leads() {
        Pocketdesk.openHelp(article: 77, language: "nl", from: presenter)
        ready()
        #expect(web.scripts.last?.contains(#"\"article_id\":77"#) == true)
        Pocketdesk.openHelp()
        #expect(web.scripts.last?.contains("open_help") == true)
        Pocketdesk.openConversation(5)
        #expect(web.scripts.last?.contains("open_conversation") == true)
    }

    @Test("without a configuration, nothing that the app calls does anything")
    func unconfigured() async {
        Pocketdesk.configure(file: nil)
        Pocketdesk.identify(token: "x", email: nil)
        Pocketdesk.identify { nil }
        Pocketdesk.setProperties(["a": "b"])
        Pocketdesk.setPushToken(Data([1]))
        Pocketdesk.openConversation(1)
        Pocketdesk.prewarm()
        #expect(Pocketdesk.listen() == nil)
        #expect(!Pocketdesk.handlePush(["pd_account": "2"]))
        await Pocketdesk.logOut()
        #expect(Pocketdesk.unreadCount == 0)
    }

    @Test("SwiftUI's views are built")
    func views() {
        let launcher = PocketdeskLauncher()
        _ = launcher.body
        let controller = PocketdeskChat {}.makeUIViewController(context: .init())
        PocketdeskChat {}.updateUIViewController(controller, context: .init())
        #expect(controller.onClose != nil)
    }

    @Test("C22 the privacy manifest says what is collected, and that nobody is tracked")
    func privacy() throws {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent(
            "../../../Sources/Pocketdesk/PrivacyInfo.xcprivacy")
        let content = try PropertyListSerialization.propertyList(from: Data(contentsOf: file.standardized), format: nil)
        let manifest = try #require(content as? [String: Any])
        #expect(manifest["NSPrivacyTracking"] as? Bool == false)
        #expect((manifest["NSPrivacyAccessedAPITypes"] as? [Any])?.isEmpty == true)
        #expect((manifest["NSPrivacyCollectedDataTypes"] as? [Any])?.count == 4)
    }
}
