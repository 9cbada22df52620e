import Foundation

/// The app's clock: runs something so many seconds later; what it gives back calls it off.
package typealias Later = @MainActor (TimeInterval, @escaping @MainActor () -> Void) -> @MainActor () -> Void

/// Something that is done once more whenever it is begun, and tried again until it works; never twice at once.
@MainActor
final class Errand {
    /// Nil: there was nothing to do.
    typealias Run = @MainActor () async -> Ending<Void>?

    private let later: Later
    private let run: Run
    private var isRunning = false
    private var isWantedAgain = false
    private var tries = 0
    private var callOff: (@MainActor () -> Void)?

    init(later: @escaping Later, run: @escaping Run) {
        self.later = later
        self.run = run
    }

    func begin() {
        tries = 0
        go()
    }

    func end() {
        callOff?()
        callOff = nil
        isWantedAgain = false
    }

    private func go() {
        if isRunning {
            isWantedAgain = true
            return
        }
        end()
        isRunning = true
        Task {
            let ending = await run()
            isRunning = false
            if isWantedAgain {
                isWantedAgain = false
                go()
            } else if case .again(let after) = ending {
                let wait = max(after ?? 0, pause(after: tries))
                tries += 1
                callOff = later(wait) { [weak self] in self?.go() }
            }
        }
    }
}

/// How long to wait after so many failures, in seconds: twice as long each time, a quarter of an hour at most.
func pause(after tries: Int) -> TimeInterval {
    min(2 * pow(2, TimeInterval(tries)), 15 * 60)
}
