#if canImport(UIKit)
import Foundation
import PocketdeskCore
import Security

/// The keychain, on this device only: nothing goes into a backup. What an earlier installation of the app left is removed.
struct KeychainStore: SecureStore {
    struct Failure: Error {}

    /// Credentials of one server and account are not for another.
    let service: String

    init(configuration: Configuration, marker: URL? = Self.marker) {
        service = "pocketdesk \(configuration.serverURL) \(configuration.accountID)"
        guard let marker, !FileManager.default.fileExists(atPath: marker.path) else { return }
        SecItemDelete(query() as CFDictionary)
        try? FileManager.default.createDirectory(
            at: marker.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data().write(to: marker)
    }

    func get(_ key: String) throws -> String? {
        var query = query(key)
        query[kSecReturnData as String] = true
        query[kSecMatchLimit as String] = kSecMatchLimitOne
        var found: CFTypeRef?
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess: return (found as? Data).map { String(decoding: $0, as: UTF8.self) }
        case errSecItemNotFound: return nil
        default: throw Failure()
        }
    }

    func set(_ key: String, _ value: String) throws {
        try remove(key)
        var item = query(key)
        item[kSecValueData as String] = Data(value.utf8)
        // A push wakes the app while the screen is locked.
        item[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        guard SecItemAdd(item as CFDictionary, nil) == errSecSuccess else { throw Failure() }
    }

    func remove(_ key: String) throws {
        let status = SecItemDelete(query(key) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw Failure() }
    }

    private func query(_ key: String? = nil) -> [String: Any] {
        var query: [String: Any] = [
            kSecClass as String: kSecClassGenericPassword,
            kSecAttrService as String: service,
        ]
        if let key { query[kSecAttrAccount as String] = key }
        return query
    }

    /// The keychain outlives the app, files do not: without this one, the app was installed anew.
    private static var marker: URL? {
        FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask).first?
            .appendingPathComponent("Pocketdesk/installed")
    }
}
#endif
