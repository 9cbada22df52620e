#if canImport(UIKit)
import Foundation
import PocketdeskCore
import SwiftUI
import UIKit

/// The chat, as large as its place.
public struct PocketdeskChat: UIViewControllerRepresentable {
    private let onClose: (@MainActor () -> Void)?

    /// `onClose`: the visitor wants to leave the chat. Without it, the sheet that shows the chat is dismissed.
    public init(onClose: (@MainActor () -> Void)? = nil) {
        self.onClose = onClose
    }

    public func makeUIViewController(context: Context) -> PocketdeskViewController {
        PocketdeskViewController()
    }

    public func updateUIViewController(_ controller: PocketdeskViewController, context: Context) {
        controller.onClose = onClose
    }
}

/// A round button that opens the chat, with the number of conversations in which there is something unread. Its colour is
/// the accent colour.
public struct PocketdeskLauncher: View {
    @StateObject private var unread = UnreadCount()
    @State private var isOpen = false

    public init() {}

    public var body: some View {
        Button {
            isOpen = true
        } label: {
            Image(systemName: "bubble.left.and.bubble.right.fill")
                .font(.title2)
                .foregroundColor(.white)
                .frame(width: 56, height: 56)
                .background(Circle().fill(Color.accentColor))
                .overlay(Badge(count: unread.count), alignment: .topTrailing)
        }
        .accessibilityLabel(Text(verbatim: Words.chat))
        .accessibilityValue(Text(verbatim: unread.count > 0 ? Words.unread(unread.count) : ""))
        .sheet(isPresented: $isOpen) {
            PocketdeskChat { isOpen = false }.ignoresSafeArea()
        }
    }
}

/// What is unread, as something that SwiftUI watches: for a tab's badge.
@MainActor
public final class UnreadCount: ObservableObject {
    @Published public private(set) var count = Pocketdesk.unreadCount
    private var watch: Watch?

    public init() {
        watch = Watch(Pocketdesk.unreadDidChange) { [weak self] in self?.count = Pocketdesk.unreadCount }
    }
}

private struct Badge: View {
    let count: Int

    var body: some View {
        if count > 0 {
            Text(verbatim: count > 99 ? "99+" : String(count))
                .font(.caption2)
                .foregroundColor(.white)
                .padding(5)
                .background(Capsule().fill(Color.red))
                .accessibilityHidden(true)
        }
    }
}
#endif
