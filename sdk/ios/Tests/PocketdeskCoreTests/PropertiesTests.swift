import Testing

@testable import PocketdeskCore

struct PropertiesTests {
    private let phone = DeviceFacts(
        model: "iPhone16,1", osVersion: "17.2", appVersion: "5.1", build: "12", screenSize: (393, 852),
        screenResolution: (1179, 2556), orientation: .portrait, batteryLevel: 0.555, batteryState: .unplugged,
        mayNotify: true)

    @Test("C06 a device tells of itself under HubSpot's names and in its forms")
    func facts() {
        #expect(
            phone.properties == [
                "platform": "ios", "device_model": "iPhone16,1", "os_version": "iOS 17.2", "app_version": "5.1.12",
                "screen_size": "393x852", "screen_resolution": "1179x2556", "device_orientation": "portrait",
                "battery_level": "56", "battery_state": "unplugged", "notification_permissions": "true",
            ])
    }

    @Test("what is not known is not told")
    func unknown() {
        var simulator = phone
        simulator.batteryLevel = -1
        simulator.batteryState = .unknown
        simulator.mayNotify = nil
        #expect(simulator.properties["battery_level"] == nil)
        #expect(simulator.properties["battery_state"] == "unknown")
        #expect(simulator.properties["notification_permissions"] == nil)
    }

    @Test("what the server would refuse is cut or left out, so that the rest arrives")
    func limits() {
        let long = String(repeating: "é", count: 300)
        let many = Dictionary(uniqueKeysWithValues: (0..<60).map { ("k\($0)", "v") })
        #expect(PropertyLimits.joined(["a": long], [:]) == ["a": String(repeating: "é", count: 200)])
        #expect(PropertyLimits.joined(["": "x", String(repeating: "k", count: 51): "x"], [:]) == [:])
        let all = PropertyLimits.joined(many, phone.properties)
        #expect(all.count == 50)
        #expect(all["platform"] == "ios")
    }
}
