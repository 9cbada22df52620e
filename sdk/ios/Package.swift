// swift-tools-version: 6.0
import PackageDescription

// On Linux the screens are compiled and tested against stand-ins of Apple's frameworks, which have their names.
#if os(Linux)
let standIns = ["UIKit", "WebKit", "SwiftUI", "UserNotifications", "Security"]
#else
let standIns: [String] = []
#endif

let package = Package(name: "Pocketdesk", platforms: [.iOS(.v15)], products: [], targets: [.target(name: "PocketdeskCore"), .testTarget(name: "PocketdeskCoreTests", dependencies: ["PocketdeskCore"])])
