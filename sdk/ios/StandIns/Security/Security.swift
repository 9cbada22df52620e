// Stands in for Apple's keychain on Linux.
import Foundation

public typealias OSStatus = Int32
public typealias CFDictionary = [String: Any]
public typealias CFTypeRef = Any

public let errSecSuccess: OSStatus = 0
public let errSecDuplicateItem: OSStatus = -25299
public let errSecItemNotFound: OSStatus = -25300
public let errSecInteractionNotAllowed: OSStatus = -25308

public let kSecClass = "class"
public let kSecClassGenericPassword = "genp"
public let kSecAttrService = "svce"
public let kSecAttrAccount = "acct"
public let kSecAttrAccessible = "pdmn"
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly = "cku"
public let kSecReturnData = "r_Data"
public let kSecMatchLimit = "m_Limit"
public let kSecMatchLimitOne = "m_LimitOne"
public let kSecValueData = "v_Data"

/// What it holds, and whether it is locked. Its tests use it from the main actor.
public enum Keychain {
    nonisolated(unsafe) public static var items: [[String: Any]] = []
    nonisolated(unsafe) public static var isLocked = false
}

private func matches(_ item: [String: Any], _ query: CFDictionary) -> Bool {
    [kSecClass, kSecAttrService, kSecAttrAccount].allSatisfy { key in
        query[key] == nil || query[key] as? String == item[key] as? String
    }
}

public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    if Keychain.isLocked { return errSecInteractionNotAllowed }
    guard let found = Keychain.items.first(where: { matches($0, query) }) else { return errSecItemNotFound }
    result?.pointee = found[kSecValueData]
    return errSecSuccess
}

@discardableResult
public func SecItemAdd(_ item: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    if Keychain.isLocked { return errSecInteractionNotAllowed }
    if Keychain.items.contains(where: { matches($0, item) }) { return errSecDuplicateItem }
    Keychain.items.append(item)
    return errSecSuccess
}

@discardableResult
public func SecItemDelete(_ query: CFDictionary) -> OSStatus {
    if Keychain.isLocked { return errSecInteractionNotAllowed }
    let before = Keychain.items.count
    Keychain.items.removeAll { matches($0, query) }
    return Keychain.items.count < before ? errSecSuccess : errSecItemNotFound
}
