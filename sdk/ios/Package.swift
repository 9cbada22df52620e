// swift-tools-version: 6.0
import PackageDescription

// On Linux the screens are compiled and tested against stand-ins of Apple's frameworks, which have their names.
#if os(Linux)
let standIns = ["UIKit", "WebKit", "SwiftUI", "UserNotifications", "Security"]
#else
let standIns: [String] = []
#endif

let package = Package(
    name: "Pocketdesk",
    platforms: [.iOS(.v15)],
    products: [
        .library(name: "Pocketdesk", targets: ["Pocketdesk"])
    ],
    targets: [
        .target(name: "PocketdeskCore"),
        .target(
            name: "Pocketdesk",
            dependencies: ["PocketdeskCore"] + standIns.map { .target(name: $0) },
            resources: [.copy("PrivacyInfo.xcprivacy")]
        ),
        .testTarget(name: "PocketdeskCoreTests", dependencies: ["PocketdeskCore"]),
        .testTarget(name: "PocketdeskTests", dependencies: ["Pocketdesk"] + standIns.map { .target(name: $0) }),
    ]
        + standIns.map {
            .target(
                name: $0, dependencies: ["WebKit", "SwiftUI"].contains($0) ? ["UIKit"] : [], path: "StandIns/\($0)")
        }
)
