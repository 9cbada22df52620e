import Foundation

/// The few words of the SDK's own, which an app may translate in a `Pocketdesk.strings` of its own.
enum Words {
    static var notLoaded: String { word("The chat could not be loaded.") }
    static var tryAgain: String { word("Try again") }
    static var chat: String { word("Chat") }
    static func unread(_ count: Int) -> String { String(format: word("%d unread"), count) }

    /// A text in the first of these languages that the SDK speaks.
    static func own(_ key: String, in languages: [String]) -> String {
        for language in languages {
            let code = String(language.prefix { $0 != "-" && $0 != "_" })
            if code == "en" { break }
            if let texts = translations[code] { return texts[key] ?? key }
        }
        return key
    }

    private static func word(_ key: String) -> String {
        let own = own(key, in: Locale.preferredLanguages)
        return Bundle.main.localizedString(forKey: key, value: own, table: "Pocketdesk")
    }

    private static let translations: [String: [String: String]] = [
        "de": [
            "The chat could not be loaded.": "Der Chat konnte nicht geladen werden.",
            "Try again": "Erneut versuchen",
            "%d unread": "%d ungelesen",
        ],
        "es": [
            "The chat could not be loaded.": "No se ha podido cargar el chat.",
            "Try again": "Reintentar",
            "%d unread": "No leídas: %d",
        ],
        "fr": [
            "The chat could not be loaded.": "Impossible de charger le chat.",
            "Try again": "Réessayer",
            "%d unread": "Non lues : %d",
        ],
        "it": [
            "The chat could not be loaded.": "Impossibile caricare la chat.",
            "Try again": "Riprova",
            "%d unread": "Non lette: %d",
        ],
        "nl": [
            "The chat could not be loaded.": "De chat kon niet worden geladen.",
            "Try again": "Opnieuw proberen",
            "%d unread": "%d ongelezen",
        ],
        "pt": [
            "The chat could not be loaded.": "Não foi possível carregar o chat.",
            "Try again": "Tentar novamente",
            "%d unread": "Não lidas: %d",
        ],
    ]
}
