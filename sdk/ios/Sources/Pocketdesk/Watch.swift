#if canImport(UIKit)
import Foundation

/// Hears a notification of the main thread for as long as it is kept.
final class Watch {
    private let token: any NSObjectProtocol

    init(_ name: Notification.Name, run: @escaping @MainActor @Sendable () -> Void) {
        token = NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in
            MainActor.assumeIsolated(run)
        }
    }

    deinit {
        NotificationCenter.default.removeObserver(token)
    }
}
#endif
