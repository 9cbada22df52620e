#if canImport(UIKit)
import Foundation
import PocketdeskCore
import UIKit
import WebKit

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Where the chat page is shown.
@MainActor
protocol ChatScreen: AnyObject {
    func pageChanged(_ state: ChatPage.State)
    func pageWantsToClose()
}

/// The chat page in its web view, which may be there before a screen shows it, and after.
@MainActor
final class ChatPage: NSObject, Page {
    enum State {
        case loading
        case shown
        case failed
    }

    let view: WKWebView
    private(set) var state = State.loading {
        didSet { screen?.pageChanged(state) }
    }

    private let shell: Shell
    private weak var screen: (any ChatScreen)?
    private var died: Date?
    private var isGone = false

    init(shell: Shell) {
        self.shell = shell
        let configuration = WKWebViewConfiguration()
        configuration.applicationNameForUserAgent = Shell.userAgent
        configuration.websiteDataStore = WebData.store
        configuration.allowsInlineMediaPlayback = true
        view = WKWebView(frame: .zero, configuration: configuration)
        super.init()
        configuration.userContentController.add(Ear(page: self), name: "pocketdesk")
        view.navigationDelegate = self
        // The page brings its own colours; until then it is as dark as the screen.
        view.isOpaque = false
        view.backgroundColor = .systemBackground
    }

    var isShown: Bool { screen != nil }

    /// A screen shows the page from now on.
    func show(on screen: any ChatScreen) {
        self.screen = screen
        screen.pageChanged(state)
        if isGone { load() }
        Pocketdesk.look()
    }

    /// The screen does not show it any more.
    func hide(from screen: any ChatScreen) {
        guard self.screen === screen else { return }
        self.screen = nil
        Pocketdesk.look()
    }

    func load() {
        isGone = false
        state = .loading
        shell.attach(self)
        view.load(URLRequest(url: shell.configuration.pageAddress))
    }

    /// The page is not wanted any more.
    func end() {
        view.stopLoading()
        view.navigationDelegate = nil
        view.configuration.userContentController.removeScriptMessageHandler(forName: "pocketdesk")
        shell.detach(self)
    }

    // MARK: Page

    func receive(_ message: ToPage) {
        view.evaluateJavaScript(message.script, completionHandler: nil)
    }

    func close() {
        screen?.pageWantsToClose()
    }

    func openLink(_ url: URL) {
        Pocketdesk.openOutside(url)
    }

    func reload() {
        load()
    }

    // MARK: The page's voice

    fileprivate func heard(_ message: WKScriptMessage) {
        let origin = message.frameInfo.securityOrigin
        guard message.frameInfo.isMainFrame, let text = message.body as? String,
            shell.configuration.isOurs(scheme: origin.protocol, host: origin.host, port: origin.port)
        else { return }
        shell.receive(text)
    }

    private func fail() {
        isGone = true
        shell.detach(self)
        state = .failed
    }
}

extension ChatPage: WKNavigationDelegate {
    func webView(_ webView: WKWebView, decidePolicyFor navigationAction: WKNavigationAction) async
        -> WKNavigationActionPolicy
    {
        guard let url = navigationAction.request.url else { return .cancel }
        // Without a frame it is for a window of its own, of which there is none.
        if let frame = navigationAction.targetFrame {
            if !frame.isMainFrame || shell.configuration.isOurs(url) { return .allow }
        }
        Pocketdesk.openOutside(url)
        return .cancel
    }

    func webView(_ webView: WKWebView, decidePolicyFor navigationResponse: WKNavigationResponse) async
        -> WKNavigationResponsePolicy
    {
        let status = (navigationResponse.response as? HTTPURLResponse)?.statusCode ?? 200
        guard navigationResponse.isForMainFrame, status >= 500 else { return .allow }
        fail()
        return .cancel
    }

    func webView(_ webView: WKWebView, didFinish navigation: WKNavigation!) {
        state = .shown
    }

    func webView(
        _ webView: WKWebView, didFailProvisionalNavigation navigation: WKNavigation!, withError error: any Error
    ) {
        failed(error)
    }

    func webView(_ webView: WKWebView, didFail navigation: WKNavigation!, withError error: any Error) {
        failed(error)
    }

    /// The system took the page's memory back: another one begins where the server is, as soon as somebody looks.
    func webViewWebContentProcessDidTerminate(_ webView: WKWebView) {
        shell.detach(self)
        let before = died
        died = Date()
        if let before, Date().timeIntervalSince(before) < Self.tooSoon {
            fail()
        } else if isShown {
            load()
        } else {
            isGone = true
        }
    }

    /// A page that dies again within so many seconds is not loaded again by itself.
    private static let tooSoon: TimeInterval = 10

    private func failed(_ error: any Error) {
        let code = (error as NSError).code
        // What we cancelled ourselves: as another load, or by a policy.
        if code == NSURLErrorCancelled || code == 102 { return }
        fail()
    }
}

/// A content controller keeps its handlers alive: this one does not keep the page.
@MainActor
private final class Ear: NSObject, WKScriptMessageHandler {
    private weak var page: ChatPage?

    init(page: ChatPage) {
        self.page = page
    }

    func userContentController(
        _ userContentController: WKUserContentController, didReceive message: WKScriptMessage
    ) {
        page?.heard(message)
    }
}
#endif
