#if canImport(UIKit)
import Foundation
import PocketdeskCore
import UIKit

/// The chat as a screen. Present it, push it, or put it into a container of yours.
public final class PocketdeskViewController: UIViewController {
    /// The visitor wants to leave the chat. Without it, the screen dismisses itself.
    public var onClose: (@MainActor () -> Void)?

    private var page: ChatPage?
    private var isVisible = false
    private var watch: Watch?
    private let spinner = UIActivityIndicatorView(style: .medium)
    private let words = UILabel()
    private let retry = UIButton(type: .system)
    private let trouble = UIStackView()

    public override func viewDidLoad() {
        super.viewDidLoad()
        view.backgroundColor = .systemBackground
        words.numberOfLines = 0
        words.textAlignment = .center
        words.font = .preferredFont(forTextStyle: .body)
        words.adjustsFontForContentSizeCategory = true
        retry.setTitle(Words.tryAgain, for: .normal)
        retry.addAction(UIAction { [weak self] _ in self?.page?.load() }, for: .touchUpInside)
        retry.heightAnchor.constraint(greaterThanOrEqualToConstant: 44).isActive = true
        trouble.axis = .vertical
        trouble.alignment = .center
        trouble.spacing = 16
        trouble.addArrangedSubview(words)
        trouble.addArrangedSubview(retry)
        for part in [spinner, trouble] as [UIView] {
            part.translatesAutoresizingMaskIntoConstraints = false
            view.addSubview(part)
        }
        let margins = view.layoutMarginsGuide
        NSLayoutConstraint.activate([
            spinner.centerXAnchor.constraint(equalTo: view.centerXAnchor),
            spinner.centerYAnchor.constraint(equalTo: view.centerYAnchor),
            trouble.centerYAnchor.constraint(equalTo: view.centerYAnchor),
            trouble.leadingAnchor.constraint(equalTo: margins.leadingAnchor),
            trouble.trailingAnchor.constraint(equalTo: margins.trailingAnchor),
        ])
        watch = Watch(Pocketdesk.configurationDidChange) { [weak self] in self?.begin() }
    }

    public override func viewWillAppear(_ animated: Bool) {
        super.viewWillAppear(animated)
        isVisible = true
        begin()
    }

    public override func viewDidDisappear(_ animated: Bool) {
        super.viewDidDisappear(animated)
        isVisible = false
        page?.hide(from: self)
    }

    private func begin() {
        guard isVisible else { return }
        page = Pocketdesk.page()
        guard let page else {
            say((Pocketdesk.problem ?? .missingConfiguration).text, canRetry: false)
            return
        }
        if page.view.superview !== view {
            page.view.translatesAutoresizingMaskIntoConstraints = false
            view.insertSubview(page.view, at: 0)
            NSLayoutConstraint.activate([
                page.view.topAnchor.constraint(equalTo: view.topAnchor),
                page.view.bottomAnchor.constraint(equalTo: view.bottomAnchor),
                page.view.leadingAnchor.constraint(equalTo: view.leadingAnchor),
                page.view.trailingAnchor.constraint(equalTo: view.trailingAnchor),
            ])
        }
        page.show(on: self)
    }

    private func say(_ text: String?, canRetry: Bool) {
        words.text = text
        trouble.isHidden = text == nil
        retry.isHidden = !canRetry
        page?.view.isHidden = text != nil
        if text != nil { spinner.stopAnimating() }
    }
}

extension PocketdeskViewController: ChatScreen {
    func pageChanged(_ state: ChatPage.State) {
        say(state == .failed ? Words.notLoaded : nil, canRetry: true)
        if state == .loading { spinner.startAnimating() } else { spinner.stopAnimating() }
    }

    func pageWantsToClose() {
        if let onClose { onClose() } else { dismiss(animated: true, completion: nil) }
    }
}
#endif
