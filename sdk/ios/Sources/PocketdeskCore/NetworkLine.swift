import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The line of a real device: no cookies, no cache, no redirects to elsewhere.
package enum NetworkLine {
    @MainActor
    package static func make() -> Line {
        let session = URLSession(configuration: quiet, delegate: StayHere(), delegateQueue: nil)
        return { request in
            var asked = URLRequest(url: request.url, timeoutInterval: request.patience)
            asked.httpMethod = request.method
            asked.httpBody = request.body
            for (name, value) in request.headers { asked.setValue(value, forHTTPHeaderField: name) }
            let (body, answer) = try await session.data(for: asked)
            guard let answer = answer as? HTTPURLResponse else { throw URLError(.badServerResponse) }
            var headers: [String: String] = [:]
            for case (let name as String, let value as String) in answer.allHeaderFields {
                headers[name.lowercased()] = value
            }
            return Answer(status: answer.statusCode, headers: headers, body: body)
        }
    }

    private static var quiet: URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.httpAdditionalHeaders = ["user-agent": Shell.userAgent]
        return configuration
    }
}

/// A credential goes to the configured server only, wherever that may send us.
private final class StayHere: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
