import { CommandRefused } from "@pocketdesk/client/outbox";
import { useId, useRef, useState } from "preact/hooks";
import { usePage, useStore } from "./context.ts";

/** Something like an address; the server knows better. */
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/;

/** Asks for an e-mail address, once; it can be declined. */
export function Capture({ conversationId, text }: { conversationId: number; text: string }) {
  const { chat, words } = usePage();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [fault, setFault] = useState<"capture.invalid" | "card.failed" | null>(null);
  const [isSending, setSending] = useState(false);
  const connection = useStore(chat.client.connection.state);

  async function attempt(what: () => Promise<unknown>): Promise<void> {
    if (isSending) return;
    setSending(true);
    setFault(null);
    try {
      await what();
    } catch (error) {
      const isInvalid = error instanceof CommandRefused && "email" in error.failure.fields;
      setFault(isInvalid ? "capture.invalid" : "card.failed");
      if (isInvalid) field.current?.focus();
    } finally {
      setSending(false);
    }
  }

  return (
    <form
      class="card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const email = field.current?.value.trim() ?? "";
        if (ADDRESS.test(email)) return void attempt(() => chat.giveEmail(conversationId, email));
        setFault("capture.invalid");
        field.current?.focus();
      }}
    >
      <p dir="auto">{text}</p>
      <label for={id}>{words.say("capture.label")}</label>
      <input
        ref={field}
        id={id}
        type="email"
        inputMode="email"
        autoComplete="email"
        autoCapitalize="off"
        spellcheck={false}
        dir="ltr"
        maxLength={254}
        aria-invalid={fault === "capture.invalid"}
        aria-describedby={fault ? `${id}-fault` : undefined}
        onInput={() => fault && setFault(null)}
      />
      {fault && (
        <p class="fault" role="alert" id={`${id}-fault`}>
          {words.say(fault)}
        </p>
      )}
      <div class="card-choices">
        <button type="submit" class="primary" aria-disabled={isSending}>
          {words.say(isSending && connection.kind !== "open" ? "files.waiting" : "capture.save")}
        </button>
        <button type="button" class="quiet" onClick={() => attempt(() => chat.skipEmail(conversationId))}>
          {words.say("capture.skip")}
        </button>
      </div>
    </form>
  );
}
