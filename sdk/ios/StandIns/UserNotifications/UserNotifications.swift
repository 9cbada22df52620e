// Stands in for Apple's UserNotifications on Linux.
import Foundation

public struct UNNotificationPresentationOptions: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }
    public static let badge = Self(rawValue: 1)
    public static let sound = Self(rawValue: 2)
    public static let list = Self(rawValue: 8)
    public static let banner = Self(rawValue: 16)
}

public enum UNAuthorizationStatus: Sendable { case notDetermined, denied, authorized, provisional }

public final class UNNotificationSettings: Sendable {
    public let authorizationStatus = UNAuthorizationStatus.authorized
}

public final class UNNotification {
    public let request: UNNotificationRequest
    public init(request: UNNotificationRequest) {
        self.request = request
    }
}

public final class UNNotificationRequest {
    public let identifier: String
    public let content: UNNotificationContent
    public init(identifier: String, content: UNNotificationContent) {
        self.identifier = identifier
        self.content = content
    }
}

public final class UNNotificationContent {
    public let userInfo: [AnyHashable: Any]
    public init(userInfo: [AnyHashable: Any]) {
        self.userInfo = userInfo
    }
}

/// Its tests use it from one thread.
public final class UNUserNotificationCenter: @unchecked Sendable {
    private static let shared = UNUserNotificationCenter()
    public static func current() -> UNUserNotificationCenter { shared }

    public var delivered: [UNNotification] = []

    public func getNotificationSettings(completionHandler: @escaping @Sendable (UNNotificationSettings) -> Void) {
        completionHandler(UNNotificationSettings())
    }

    public func getDeliveredNotifications(completionHandler: @escaping @Sendable ([UNNotification]) -> Void) {
        completionHandler(delivered)
    }

    public func removeDeliveredNotifications(withIdentifiers identifiers: [String]) {
        delivered.removeAll { identifiers.contains($0.request.identifier) }
    }
}
