// Stands in for Apple's SwiftUI on Linux: enough that the SDK's views compile, and that a test can build them.
import Foundation
import UIKit

@MainActor public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

extension Never: View {
    public var body: Never { fatalError("a view of the system's own has no body") }
}

public protocol SystemView: View where Body == Never {}

extension SystemView {
    public var body: Never { fatalError("a view of the system's own has no body") }
}

public struct EmptyView: SystemView {
    public init() {}
}

extension Optional: View where Wrapped: View {
    public var body: Never { fatalError("a view of the system's own has no body") }
}

@resultBuilder
public enum ViewBuilder {
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    public static func buildOptional<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
}

/// A view with something done to it, which a test can look into.
public struct Modified<Content: View>: SystemView {
    public let content: Content
    public let by: Any?
}

extension View {
    public func font(_ font: Font) -> Modified<Self> { .init(content: self, by: nil) }
    public func foregroundColor(_ color: Color) -> Modified<Self> { .init(content: self, by: nil) }
    public func frame(width: CGFloat, height: CGFloat) -> Modified<Self> { .init(content: self, by: nil) }
    public func padding(_ length: CGFloat) -> Modified<Self> { .init(content: self, by: nil) }
    public func background<Background: View>(_ background: Background) -> Modified<Self> {
        .init(content: self, by: nil)
    }
    public func overlay<Over: View>(_ over: Over, alignment: Alignment) -> Modified<Self> {
        .init(content: self, by: over)
    }
    public func accessibilityLabel(_ label: Text) -> Modified<Self> { .init(content: self, by: label) }
    public func accessibilityValue(_ value: Text) -> Modified<Self> { .init(content: self, by: value) }
    public func accessibilityHidden(_ isHidden: Bool) -> Modified<Self> { .init(content: self, by: nil) }
    public func ignoresSafeArea() -> Modified<Self> { .init(content: self, by: nil) }
    public func sheet<Content: View>(isPresented: Binding<Bool>, @ViewBuilder content: @escaping () -> Content)
        -> Modified<Self>
    {
        .init(content: self, by: isPresented)
    }
}

public struct Text: SystemView {
    public let content: String
    public init(verbatim content: String) {
        self.content = content
    }
}

public struct Image: SystemView {
    public init(systemName: String) {}
}

public struct Button<Label: View>: SystemView {
    public let action: @MainActor () -> Void
    public let label: Label
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
        self.action = action
        self.label = label()
    }
}

public struct Circle: SystemView {
    public init() {}
    public func fill(_ color: Color) -> Modified<Self> { .init(content: self, by: nil) }
}

public struct Capsule: SystemView {
    public init() {}
    public func fill(_ color: Color) -> Modified<Self> { .init(content: self, by: nil) }
}

public struct Color: Sendable {
    public static let white = Color()
    public static let red = Color()
    public static let accentColor = Color()
}

public struct Font: Sendable {
    public static let title2 = Font()
    public static let caption2 = Font()
}

public struct Alignment: Sendable {
    public static let topTrailing = Alignment()
}

@MainActor @propertyWrapper
public struct State<Value> {
    private final class Box {
        var value: Value
        init(_ value: Value) {
            self.value = value
        }
    }

    private let box: Box

    public init(wrappedValue: Value) {
        box = Box(wrappedValue)
    }

    public var wrappedValue: Value {
        get { box.value }
        nonmutating set { box.value = newValue }
    }

    public var projectedValue: Binding<Value> {
        Binding(get: { [box] in box.value }, set: { [box] in box.value = $0 })
    }
}

@MainActor @propertyWrapper
public struct Binding<Value> {
    private let get: @MainActor () -> Value
    private let set: @MainActor (Value) -> Void

    public init(get: @escaping @MainActor () -> Value, set: @escaping @MainActor (Value) -> Void) {
        self.get = get
        self.set = set
    }

    public var wrappedValue: Value {
        get { get() }
        nonmutating set { set(newValue) }
    }
}

public protocol ObservableObject: AnyObject {}

@propertyWrapper
public struct Published<Value> {
    public var wrappedValue: Value
    public init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
    }
}

@propertyWrapper
public struct StateObject<Value: ObservableObject> {
    private let make: () -> Value
    private final class Box {
        var value: Value?
    }
    private let box = Box()

    public init(wrappedValue make: @autoclosure @escaping () -> Value) {
        self.make = make
    }

    @MainActor public var wrappedValue: Value {
        if let value = box.value { return value }
        let made = make()
        box.value = made
        return made
    }
}

@MainActor public protocol UIViewControllerRepresentable: View where Body == Never {
    associatedtype UIViewControllerType: UIViewController
    typealias Context = UIViewControllerRepresentableContext<Self>
    func makeUIViewController(context: Context) -> UIViewControllerType
    func updateUIViewController(_ controller: UIViewControllerType, context: Context)
}

extension UIViewControllerRepresentable {
    public var body: Never { fatalError("a view of the system's own has no body") }
}

public struct UIViewControllerRepresentableContext<Representable> {
    public init() {}
}
