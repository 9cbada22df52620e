// Stands in for Apple's UIKit on Linux: as much of it as the SDK's screens use, with what a test can ask and do.
import Foundation

@MainActor open class UIView {
    public private(set) weak var superview: UIView?
    public private(set) var subviews: [UIView] = []
    public var isOpaque = true
    public var isHidden = false
    public var backgroundColor: UIColor?
    public var translatesAutoresizingMaskIntoConstraints = true
    public let layoutMarginsGuide = UILayoutGuide()
    public let topAnchor = NSLayoutYAxisAnchor()
    public let bottomAnchor = NSLayoutYAxisAnchor()
    public let leadingAnchor = NSLayoutXAxisAnchor()
    public let trailingAnchor = NSLayoutXAxisAnchor()
    public let centerXAnchor = NSLayoutXAxisAnchor()
    public let centerYAnchor = NSLayoutYAxisAnchor()
    public let heightAnchor = NSLayoutDimension()

    public init() {}

    public func addSubview(_ view: UIView) {
        insertSubview(view, at: subviews.count)
    }

    public func insertSubview(_ view: UIView, at index: Int) {
        view.superview?.subviews.removeAll { $0 === view }
        view.superview = self
        subviews.insert(view, at: index)
    }
}

@MainActor public final class UILayoutGuide {
    public let leadingAnchor = NSLayoutXAxisAnchor()
    public let trailingAnchor = NSLayoutXAxisAnchor()
}

@MainActor public final class NSLayoutConstraint {
    public var isActive = false
    public static func activate(_ constraints: [NSLayoutConstraint]) {
        for each in constraints { each.isActive = true }
    }
}

@MainActor public class NSLayoutAnchor {
    init() {}
}

public final class NSLayoutXAxisAnchor: NSLayoutAnchor {
    public func constraint(equalTo anchor: NSLayoutXAxisAnchor) -> NSLayoutConstraint { NSLayoutConstraint() }
}

public final class NSLayoutYAxisAnchor: NSLayoutAnchor {
    public func constraint(equalTo anchor: NSLayoutYAxisAnchor) -> NSLayoutConstraint { NSLayoutConstraint() }
}

public final class NSLayoutDimension: NSLayoutAnchor {
    public func constraint(greaterThanOrEqualToConstant constant: CGFloat) -> NSLayoutConstraint {
        NSLayoutConstraint()
    }
}

@MainActor open class UIViewController {
    public private(set) var presentedViewController: UIViewController?
    public private(set) weak var presentingViewController: UIViewController?
    private var loaded: UIView?

    public init() {}

    public var view: UIView! {
        if let loaded { return loaded }
        let made = UIView()
        loaded = made
        viewDidLoad()
        return made
    }

    open func viewDidLoad() {}
    open func viewWillAppear(_ animated: Bool) {}
    open func viewDidDisappear(_ animated: Bool) {}

    public func present(_ controller: UIViewController, animated: Bool, completion: (() -> Void)? = nil) {
        presentedViewController = controller
        controller.presentingViewController = self
        _ = controller.view
        controller.viewWillAppear(animated)
    }

    public func dismiss(animated: Bool, completion: (() -> Void)? = nil) {
        guard let presenter = presentingViewController else { return }
        presentingViewController = nil
        presenter.presentedViewController = nil
        viewDidDisappear(animated)
    }
}

public struct UIColor: Sendable {
    public static let systemBackground = UIColor()
}

@MainActor public final class UIFont {
    public struct TextStyle: Sendable {
        public static let body = TextStyle()
    }

    public static func preferredFont(forTextStyle style: TextStyle) -> UIFont { UIFont() }
}

public enum NSTextAlignment: Sendable { case center }

public final class UILabel: UIView {
    public var text: String?
    public var font: UIFont!
    public var numberOfLines = 1
    public var textAlignment = NSTextAlignment.center
    public var adjustsFontForContentSizeCategory = false
}

@MainActor public final class UIAction {
    fileprivate let handler: (UIAction) -> Void
    public init(handler: @escaping @MainActor (UIAction) -> Void) {
        self.handler = handler
    }
}

public final class UIButton: UIView {
    public enum ButtonType: Sendable { case system }
    public struct State: Sendable { public static let normal = State() }
    public struct Event: Sendable { public static let touchUpInside = Event() }

    public private(set) var title: String?
    private var actions: [UIAction] = []

    public convenience init(type: ButtonType) {
        self.init()
    }

    public func setTitle(_ title: String?, for state: State) {
        self.title = title
    }

    public func addAction(_ action: UIAction, for event: Event) {
        actions.append(action)
    }

    public func touch() {
        for each in actions { each.handler(each) }
    }
}

public final class UIStackView: UIView {
    public enum Axis: Sendable { case vertical }
    public enum Alignment: Sendable { case center }
    public var axis = Axis.vertical
    public var alignment = Alignment.center
    public var spacing: CGFloat = 0

    public func addArrangedSubview(_ view: UIView) {
        addSubview(view)
    }
}

public final class UIActivityIndicatorView: UIView {
    public enum Style: Sendable { case medium }
    public private(set) var isAnimating = false
    public convenience init(style: Style) {
        self.init()
    }
    public func startAnimating() { isAnimating = true }
    public func stopAnimating() { isAnimating = false }
}

@MainActor public final class UIApplication {
    public enum State: Sendable { case active, inactive, background }

    public static let shared = UIApplication()
    public nonisolated static let didBecomeActiveNotification = Notification.Name("didBecomeActive")
    public nonisolated static let didEnterBackgroundNotification = Notification.Name("didEnterBackground")
    public nonisolated static let didReceiveMemoryWarningNotification = Notification.Name("didReceiveMemoryWarning")

    public var applicationState = State.active
    public var opened: [URL] = []

    public func open(_ url: URL) {
        opened.append(url)
    }
}

@MainActor public final class UIDevice {
    public enum BatteryState: Sendable { case unknown, unplugged, charging, full }

    public static let current = UIDevice()
    public var systemVersion = "17.2"
    public var batteryLevel: Float = 0.5
    public var batteryState = BatteryState.charging
    public var isBatteryMonitoringEnabled = false
}

@MainActor public final class UIScreen {
    public static let main = UIScreen()
    public var bounds = CGRect(x: 0, y: 0, width: 393, height: 852)
    public var nativeBounds = CGRect(x: 0, y: 0, width: 1179, height: 2556)
}
