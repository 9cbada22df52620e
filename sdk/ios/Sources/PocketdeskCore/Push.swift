/// Where a push leads. Without a conversation: to the chat.
package struct Opening: Equatable, Sendable {
    package let accountID: Int
    package let conversationID: Int?
    package let mobileTag: String?

    /// What a push of ours opens; nil for somebody else's. Takes a notification's `userInfo`.
    package init?(push payload: [AnyHashable: Any]) {
        guard let account = Whole.read(payload["pd_account"] ?? payload["hsPortalId"]) else { return nil }
        accountID = account
        conversationID = Whole.read(payload["pd_conversation"] ?? payload["hsThreadId"])
        let tag = (payload["pd_tag"] ?? payload["hsChatflowParam"]) as? String
        mobileTag = tag.flatMap { $0.isEmpty ? nil : $0 }
    }
}
