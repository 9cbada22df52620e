// Stands in for Apple's WebKit on Linux: a web view that a test plays.
import Foundation
import UIKit

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

public final class WKWebView: UIView {
    public let configuration: WKWebViewConfiguration
    public weak var navigationDelegate: (any WKNavigationDelegate)?
    public private(set) var url: URL?
    public private(set) var loads: [URL] = []
    public private(set) var scripts: [String] = []

    public init(frame: CGRect, configuration: WKWebViewConfiguration) {
        self.configuration = configuration
        super.init()
    }

    @discardableResult
    public func load(_ request: URLRequest) -> WKNavigation? {
        url = request.url
        if let url { loads.append(url) }
        return WKNavigation()
    }

    public func stopLoading() {}

    public func evaluateJavaScript(
        _ javaScriptString: String, completionHandler: (@MainActor @Sendable (Any?, (any Error)?) -> Void)? = nil
    ) {
        scripts.append(javaScriptString)
    }
}

@MainActor public final class WKWebViewConfiguration {
    public var applicationNameForUserAgent: String?
    public var websiteDataStore = WKWebsiteDataStore.default()
    public var allowsInlineMediaPlayback = false
    public let userContentController = WKUserContentController()
    public init() {}
}

@MainActor public final class WKUserContentController {
    public private(set) var handlers: [String: any WKScriptMessageHandler] = [:]

    public func add(_ handler: any WKScriptMessageHandler, name: String) {
        handlers[name] = handler
    }

    public func removeScriptMessageHandler(forName name: String) {
        handlers[name] = nil
    }
}

@MainActor public protocol WKScriptMessageHandler: AnyObject {
    func userContentController(_ userContentController: WKUserContentController, didReceive message: WKScriptMessage)
}

@MainActor public final class WKScriptMessage {
    public let body: Any
    public let frameInfo: WKFrameInfo
    public init(body: Any, frameInfo: WKFrameInfo) {
        self.body = body
        self.frameInfo = frameInfo
    }
}

@MainActor public final class WKFrameInfo {
    public let isMainFrame: Bool
    public let securityOrigin: WKSecurityOrigin
    public init(isMainFrame: Bool, securityOrigin: WKSecurityOrigin) {
        self.isMainFrame = isMainFrame
        self.securityOrigin = securityOrigin
    }
}

@MainActor public final class WKSecurityOrigin {
    public let `protocol`: String
    public let host: String
    public let port: Int
    public init(protocol: String, host: String, port: Int) {
        self.protocol = `protocol`
        self.host = host
        self.port = port
    }
}

@MainActor public final class WKNavigation {}

public enum WKNavigationActionPolicy: Sendable { case cancel, allow }
public enum WKNavigationResponsePolicy: Sendable { case cancel, allow }

@MainActor public final class WKNavigationAction {
    public let request: URLRequest
    public let targetFrame: WKFrameInfo?
    public init(request: URLRequest, targetFrame: WKFrameInfo?) {
        self.request = request
        self.targetFrame = targetFrame
    }
}

@MainActor public final class WKNavigationResponse {
    public let response: URLResponse
    public let isForMainFrame: Bool
    public init(response: URLResponse, isForMainFrame: Bool) {
        self.response = response
        self.isForMainFrame = isForMainFrame
    }
}

@MainActor public protocol WKNavigationDelegate: AnyObject {
    func webView(_ webView: WKWebView, decidePolicyFor navigationAction: WKNavigationAction) async
        -> WKNavigationActionPolicy
    func webView(_ webView: WKWebView, decidePolicyFor navigationResponse: WKNavigationResponse) async
        -> WKNavigationResponsePolicy
    func webView(_ webView: WKWebView, didFinish navigation: WKNavigation!)
    func webView(
        _ webView: WKWebView, didFailProvisionalNavigation navigation: WKNavigation!, withError error: any Error)
    func webView(_ webView: WKWebView, didFail navigation: WKNavigation!, withError error: any Error)
    func webViewWebContentProcessDidTerminate(_ webView: WKWebView)
}

@MainActor public final class WKWebsiteDataStore {
    private static let shared = WKWebsiteDataStore(identifier: nil)
    private static var own: [UUID: WKWebsiteDataStore] = [:]

    public static func `default`() -> WKWebsiteDataStore { shared }
    public static func allWebsiteDataTypes() -> Set<String> { ["cookies", "indexedDB"] }

    public let identifier: UUID?
    public let httpCookieStore = WKHTTPCookieStore()
    public var records: [WKWebsiteDataRecord] = []

    private init(identifier: UUID?) {
        self.identifier = identifier
    }

    public convenience init(forIdentifier identifier: UUID) {
        self.init(identifier: identifier)
        if let known = Self.own[identifier] {
            httpCookieStore.jar = known.httpCookieStore.jar
        }
        Self.own[identifier] = self
    }

    public func dataRecords(ofTypes types: Set<String>) async -> [WKWebsiteDataRecord] { records }

    public func removeData(ofTypes types: Set<String>, for gone: [WKWebsiteDataRecord]) async {
        records.removeAll { record in gone.contains { $0 === record } }
    }
}

@MainActor public final class WKWebsiteDataRecord {
    public let displayName: String
    public init(displayName: String) {
        self.displayName = displayName
    }
}

@MainActor public final class WKHTTPCookieStore {
    public final class Jar {
        public var cookies: [HTTPCookie] = []
    }

    public var jar = Jar()

    public func allCookies() async -> [HTTPCookie] { jar.cookies }
    public func deleteCookie(_ cookie: HTTPCookie) async {
        jar.cookies.removeAll { $0.name == cookie.name && $0.domain == cookie.domain }
    }
}
