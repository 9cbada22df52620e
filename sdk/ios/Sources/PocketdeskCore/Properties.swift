/// What is told of a device by itself, under the names and in the forms that HubSpot documents for iOS.
///
/// The push token is not among them: it goes to the server as the device's address, and agents have no use for it.
package struct DeviceFacts: Equatable, Sendable {
    package enum Orientation: String, Sendable { case portrait, landscape, unknown }
    package enum BatteryState: String, Sendable { case unknown, charging, full, unplugged }

    /// Like `iPhone16,1`.
    package var model: String
    /// Like `17.2`.
    package var osVersion: String
    /// Like `5.1`, and the build, like `12`.
    package var appVersion: String
    package var build: String
    /// In points, upright or not.
    package var screenSize: (width: Int, height: Int)
    /// In pixels.
    package var screenResolution: (width: Int, height: Int)
    package var orientation: Orientation
    /// From 0 to 1; below 0 where it is unknown.
    package var batteryLevel: Double
    package var batteryState: BatteryState
    /// Nil: not known yet.
    package var mayNotify: Bool?

    package init(
        model: String, osVersion: String, appVersion: String, build: String, screenSize: (width: Int, height: Int),
        screenResolution: (width: Int, height: Int), orientation: Orientation, batteryLevel: Double,
        batteryState: BatteryState, mayNotify: Bool?
    ) {
        self.model = model
        self.osVersion = osVersion
        self.appVersion = appVersion
        self.build = build
        self.screenSize = screenSize
        self.screenResolution = screenResolution
        self.orientation = orientation
        self.batteryLevel = batteryLevel
        self.batteryState = batteryState
        self.mayNotify = mayNotify
    }

    package static func == (one: Self, other: Self) -> Bool { one.properties == other.properties }

    package var properties: [String: String] {
        var found = [
            "platform": "ios",
            "device_model": model,
            "os_version": "iOS \(osVersion)",
            "app_version": build.isEmpty ? appVersion : "\(appVersion).\(build)",
            "screen_size": "\(screenSize.width)x\(screenSize.height)",
            "screen_resolution": "\(screenResolution.width)x\(screenResolution.height)",
            "device_orientation": orientation.rawValue,
            "battery_state": batteryState.rawValue,
        ]
        if 0...1 ~= batteryLevel { found["battery_level"] = String(Int((batteryLevel * 100).rounded())) }
        if let mayNotify { found["notification_permissions"] = String(mayNotify) }
        return found
    }
}

/// What the server takes: more would be refused with everything else.
enum PropertyLimits {
    static let properties = 50
    static let key = 50
    static let value = 200

    /// The app's properties and the device's, which win; those that are too long are cut, keys that can not be are left out.
    static func joined(_ own: [String: String], _ automatic: [String: String]) -> [String: String] {
        var all = automatic
        for (key, value) in own.sorted(by: { $0.key < $1.key }) where all[key] == nil && all.count < properties {
            all[key] = value
        }
        return all.filter { 1...Self.key ~= $0.key.unicodeScalars.count }.mapValues { $0.cut(to: Self.value) }
    }
}

extension String {
    /// At most so many code points, as the server counts them.
    func cut(to limit: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
    }
}
