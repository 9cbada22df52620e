import type { BootError } from "../page/boot.ts";
import type { Words } from "../page/texts.ts";
import { CloseIcon } from "./icons.tsx";

/** Instead of a chat: there is none under this address. An app's user can still leave. */
export function Unavailable({
  error,
  tag,
  words,
  close,
}: {
  error: BootError;
  tag: string;
  words: Words;
  close: (() => void) | null;
}) {
  return (
    <>
      <header class="header is-bare">
        <span class="header-words" />
        {close && (
          <button type="button" class="tool" aria-label={words.say("header.close")} onClick={close}>
            <CloseIcon />
          </button>
        )}
      </header>
      <main class="unavailable">
        <h1>{words.say("error.title")}</h1>
        <p>{words.say(`error.${error}`, { tag })}</p>
        <p>{words.say("error.help")}</p>
      </main>
    </>
  );
}
