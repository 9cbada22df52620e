/** Where a push leads. `conversation_id` null: to the chat. */
export interface Opening {
  account_id: number;
  conversation_id: number | null;
  mobile_tag: string | null;
}

/** What a push of ours opens; null for somebody else's. Takes the payload's data as any library gives it. */
export function readPush(payload: Readonly<Record<string, unknown>>): Opening | null {
  const account_id = whole(payload["pd_account"] ?? payload["hsPortalId"]);
  if (account_id === null) return null;
  const tag = payload["pd_tag"] ?? payload["hsChatflowParam"];
  return {
    account_id,
    conversation_id: whole(payload["pd_conversation"] ?? payload["hsThreadId"]),
    mobile_tag: typeof tag === "string" && tag ? tag : null,
  };
}

function whole(value: unknown): number | null {
  if (typeof value !== "string" || !/^\d{1,16}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}
