import { Store } from "@pocketdesk/client/store";
import { render } from "preact";
import { aboutAnybody } from "./page/about.ts";
import type { Answers } from "./page/answers.ts";
import type { PageConfig } from "./page/boot.ts";
import { Chat } from "./page/chat.ts";
import { Consent } from "./page/consent.ts";
import { Links } from "./page/files.ts";
import { applyLook, onSchemeChange } from "./page/look.ts";
import { Places } from "./page/places.ts";
import { listenToEditor, PreviewEnvironment, PreviewFiles, type PreviewOptions } from "./page/preview.ts";
import { previewHelp } from "./page/preview-help.ts";
import { Words } from "./page/texts.ts";
import { App } from "./parts/app.tsx";
import { PageProvider, type Surroundings } from "./parts/context.ts";

/** The page beside the console's editor, with settings that nobody has saved. */
export function showPreview(root: HTMLElement): void {
  const files = new PreviewFiles();
  const environment = new PreviewEnvironment(files);
  const links = new Links(files.links);
  const chat = new Chat({
    environment,
    mobileTag: "preview",
    credential: async () => ({ hello: { token: "preview" }, headers: {} }),
    emit() {},
    transport: files,
    onPictureSent: links.keepPicture,
    onKept() {},
    olderMessages: async () => ({ items: [], has_more: false }),
  });
  const surroundings = new Store<Surroundings>({
    isClosable: true,
    close: () => chat.hasWritten && consent?.asksBeforeLeaving(),
    hideNewThreadLink: false,
    disableAttachment: false,
    focusAtStart: false,
  });
  const places = new Places(null);
  const transcripts = { download: async () => {}, mail: async () => {} };
  const answers = new Store<Answers | null>(null);
  const limitedUntil = new Store<number | null>(null);
  let latest: PageConfig | null = null;
  let consent: Consent | null = null;
  let asked = "";
  let scene: PreviewOptions["scene"];
  chat.start();
  onSchemeChange(() => latest && applyLook(latest));

  listenToEditor((message) => {
    const { config, texts, options = {} } = message;
    latest = config;
    if (options.dark !== undefined)
      document.documentElement.dataset["scheme"] = options.dark ? "dark" : "light";
    applyLook(config);
    const words = new Words(config.language, texts ?? config.texts);
    const about = new Store(aboutAnybody(config));
    // Another question is asked anew; the same one stays answered.
    const asks = JSON.stringify([config.consent, options.scene === "leaving"]);
    if (!consent || asks !== asked) {
      consent = new Consent(config.consent, "preview", async () => ({}));
      consent.set({ isKnown: true, isLeaving: options.scene === "leaving" });
    }
    asked = asks;
    environment.follow(message, words);
    environment.setOnline(!options.offline);
    if (options.scene !== scene) {
      scene = options.scene;
      void chat.reset(async () => environment.play(scene));
    }
    render(
      <PageProvider
        value={{
          ...{ chat, config, about, consent, links, transcripts, words, surroundings, limitedUntil },
          ...{ places, answers, help: previewHelp(config.account_id, options.knowledge_base_id ?? 0) },
        }}
      >
        <App />
      </PageProvider>,
      root,
    );
  });
}
