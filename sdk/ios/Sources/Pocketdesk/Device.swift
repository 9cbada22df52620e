#if canImport(UIKit)
import Foundation
import PocketdeskCore
import UIKit
import UserNotifications

extension HostApp {
    /// The line to the server; tests have one of their own.
    @MainActor static var line = NetworkLine.make()

    /// This device.
    @MainActor
    static func device(for configuration: Configuration) -> HostApp {
        let permission = Permission()
        let about = Bundle.main.infoDictionary ?? [:]
        let appVersion = about["CFBundleShortVersionString"] as? String ?? ""
        return HostApp(
            appVersion: appVersion,
            locale: Locale.preferredLanguages.first ?? "",
            store: KeychainStore(configuration: configuration),
            line: line,
            later: { seconds, run in
                let timer = Task {
                    try? await Task.sleep(nanoseconds: UInt64(seconds * 1_000_000_000))
                    if !Task.isCancelled { run() }
                }
                return { timer.cancel() }
            },
            now: { Date().timeIntervalSince1970 },
            newID: { UUID().uuidString.lowercased() },
            facts: {
                DeviceFacts.here(
                    appVersion: appVersion, build: about["CFBundleVersion"] as? String ?? "",
                    mayNotify: permission.look()
                ).properties
            },
            forget: {
                Notices.remove(account: configuration.accountID, conversation: nil)
                await WebData.forget(configuration)
            })
    }
}

extension DeviceFacts {
    @MainActor
    static func here(appVersion: String, build: String, mayNotify: Bool?) -> DeviceFacts {
        let device = UIDevice.current
        let size = UIScreen.main.bounds.size
        let pixels = UIScreen.main.nativeBounds.size
        let wasWatched = device.isBatteryMonitoringEnabled
        device.isBatteryMonitoringEnabled = true
        defer { device.isBatteryMonitoringEnabled = wasWatched }
        return DeviceFacts(
            model: model(), osVersion: device.systemVersion, appVersion: appVersion.isEmpty ? "N/A" : appVersion,
            build: build, screenSize: (Int(size.width), Int(size.height)),
            screenResolution: (Int(pixels.width), Int(pixels.height)),
            orientation: size.width > size.height ? .landscape : .portrait,
            batteryLevel: Double(device.batteryLevel),
            batteryState: batteryState(device.batteryState), mayNotify: mayNotify)
    }

    private static func batteryState(_ state: UIDevice.BatteryState) -> BatteryState {
        switch state {
        case .charging: .charging
        case .full: .full
        case .unplugged: .unplugged
        default: .unknown
        }
    }

    private static func model() -> String {
        if let simulated = ProcessInfo.processInfo.environment["SIMULATOR_MODEL_IDENTIFIER"] { return simulated }
        var about = utsname()
        uname(&about)
        return withUnsafeBytes(of: &about.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// Whether the app may show notifications, as far as it has been found out.
@MainActor
private final class Permission {
    private var granted: Bool?

    init() {
        look()
    }

    /// What is known; what it is now, is known next time.
    @discardableResult
    func look() -> Bool? {
        ask { [weak self] granted in self?.granted = granted }
        return granted
    }

    private nonisolated func ask(_ told: @escaping @MainActor @Sendable (Bool) -> Void) {
        UNUserNotificationCenter.current().getNotificationSettings { @Sendable settings in
            let granted = [.authorized, .provisional].contains(settings.authorizationStatus)
            Task { @MainActor in told(granted) }
        }
    }
}

/// How the app was signed.
enum Signing {
    /// Apps from the store carry no provision; those of a developer say for which push service they are.
    static var isForDevelopment: Bool {
        #if targetEnvironment(simulator)
        return true
        #else
        let provision = Bundle.main.url(forResource: "embedded", withExtension: "mobileprovision")
        return isForDevelopment(provision: provision.flatMap { try? Data(contentsOf: $0) })
        #endif
    }

    static func isForDevelopment(provision: Data?) -> Bool {
        guard let provision else { return false }
        // A property list within a signature: what is no text is of no interest.
        return String(decoding: provision, as: UTF8.self).range(
            of: #"<key>aps-environment</key>\s*<string>development</string>"#, options: .regularExpression) != nil
    }
}
#endif
