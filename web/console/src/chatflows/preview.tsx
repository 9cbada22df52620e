import { Alert, SegmentedControl, Select, Switch } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMessageCircle, IconX } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import { call, Refused } from "../api/call.ts";
import { chatSurveysQuery, inboxQuery } from "../api/queries.ts";
import type { Availability, ChatflowDocument, PageConfig } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { nextOpening } from "../app/controls/hours.ts";
import { Phone } from "../app/phone.tsx";
import { t } from "./texts.ts";

interface PreviewProps {
  document: ChatflowDocument;
  inboxId: number;
}

const SCREENS = ["app", "desktop", "mobile"] as const;
const SCENES = ["start", "capture", "wait", "survey", "leaving"] as const;

/** What can be tried out, beside the settings themselves. */
interface Trial {
  screen: (typeof SCREENS)[number];
  scheme: "light" | "dark";
  scene: (typeof SCENES)[number];
  there: "open" | "away" | "outside";
  offline: boolean;
}

/** What can happen with each kind of availability. */
const STATES_OF: Readonly<Record<Availability["kind"], readonly Trial["there"][]>> = {
  always: ["open"],
  users: ["open", "away"],
  hours: ["open", "outside"],
};

/** What the page is told while somebody is there, nobody is available, or it is outside the hours. */
function standing(
  availability: Availability,
  there: Trial["there"],
  usual: { away: string; outside: string },
): PageConfig["availability"] {
  const { reply_time, away, away_text, outside, outside_text } = availability;
  if (there === "away") {
    const show = away === "nothing" ? "chat" : away;
    const text = show === "message" ? (away_text ?? usual.away) : null;
    return { state: "away", show, text, returns_at: null, reply_time };
  }
  if (there === "outside") {
    const show = outside === "nothing" ? "chat" : outside;
    const text = show === "message" ? (outside_text ?? usual.outside) : null;
    const returns_at = show === "return_time" ? nextOpening(availability, Date.now()) : null;
    return { state: "closed", show, text, returns_at, reply_time };
  }
  return { state: "open", show: "chat", text: null, returns_at: null, reply_time };
}

/** The real chat page, fed with the settings as they stand in the form; it starts no conversation. */
export function Preview({
  document,
  inboxId,
  usual,
}: PreviewProps & { usual: { away: string; outside: string } }) {
  const account = useAccount();
  const [trial, setTrial] = useState<Trial>(() => ({
    screen: "app",
    scheme: window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
    scene: "start",
    there: "open",
    offline: false,
  }));
  const attempt = (changes: Partial<Trial>) => setTrial({ ...trial, ...changes });
  const [settled] = useDebouncedValue(document, 200);
  const config = useQuery({
    queryKey: [account.id, "preview", inboxId, settled],
    queryFn: ({ signal }) =>
      call<PageConfig>("POST", `/accounts/${account.id}/chatflows/preview`, {
        body: { document: settled, inbox_id: inboxId },
        signal,
      }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  const inbox = useQuery(inboxQuery(account.id, inboxId));
  const channel = inbox.data?.channels.find((one) => one.kind === "mobile" && one.archived_at === null);
  const availability = document.chat.availability ?? channel?.availability;
  const states = STATES_OF[availability?.kind ?? "always"];
  const there = states.find((one) => one === trial.there) ?? "open";
  const surveys = useQuery(chatSurveysQuery(account.id));
  const survey = surveys.data?.find(({ id }) => id === document.options.survey_id);

  const shown: PageConfig | undefined =
    config.data && availability
      ? { ...config.data, availability: standing(availability, there, usual) }
      : config.data;
  const options = {
    dark: trial.scheme === "dark",
    offline: trial.offline,
    scene: trial.scene,
    chat: document.chat,
    knowledge_base_id: document.knowledge_base.knowledge_base_id,
    survey: survey
      ? {
          question: survey.question,
          thank_yous: survey.thank_yous,
          ratings: survey.labels.map((label, value) => ({
            value,
            label,
            follow_up: survey.follow_ups[value],
          })),
        }
      : null,
  };
  const page = <Page config={shown} options={options} />;
  return (
    <section className="preview" aria-label={t("preview")}>
      <div className="preview-controls">
        <SegmentedControl
          size="xs"
          aria-label={t("preview.screen")}
          value={trial.screen}
          onChange={(screen) => attempt({ screen: screen as Trial["screen"] })}
          data={SCREENS.map((value) => ({ value, label: t(`preview.${value}`) }))}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("preview.appearance")}
          value={trial.scheme}
          onChange={(scheme) => attempt({ scheme: scheme as Trial["scheme"] })}
          data={[
            { value: "light", label: t("preview.light") },
            { value: "dark", label: t("preview.dark") },
          ]}
        />
        <Select
          size="xs"
          aria-label={t("preview.scene")}
          value={trial.scene}
          onChange={(scene) => scene && attempt({ scene })}
          data={SCENES.map((value) => ({ value, label: t(`preview.${value}`) }))}
        />
        <Select
          size="xs"
          aria-label={t("preview.there")}
          value={there}
          disabled={states.length === 1}
          onChange={(chosen) => chosen && attempt({ there: chosen })}
          data={states.map((value) => ({ value, label: t(`preview.${value}`) }))}
        />
        <Switch
          size="sm"
          label={t("preview.offline")}
          checked={trial.offline}
          onChange={(event) => attempt({ offline: event.currentTarget.checked })}
        />
      </div>
      <Phone screen={trial.screen === "desktop" ? "desktop" : "phone"}>
        {trial.screen === "app" ? (
          page
        ) : (
          <Website
            // A changed opening begins anew.
            key={`${trial.screen} ${document.chat.display[trial.screen].open}`}
            scheme={trial.scheme}
            opening={document.chat.display[trial.screen]}
            config={shown}
            page={page}
          />
        )}
      </Phone>
      {config.isError && !config.isPlaceholderData ? (
        <Alert color="orange" role="status">
          {t("preview.failed", { why: why(config.error) })}
        </Alert>
      ) : (
        <p className="muted small">{t("preview.why")}</p>
      )}
    </section>
  );
}

function why(failure: Error): string {
  return (failure instanceof Refused && Object.values(failure.fields)[0]) || failure.message;
}

function Page({ config, options }: { config: PageConfig | undefined; options: object }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    const listen = (event: MessageEvent) => {
      if (event.source === frame.current?.contentWindow && event.data?.type === "pocketdesk:preview-ready") {
        setReady(true);
      }
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, []);
  const message = JSON.stringify({ type: "pocketdesk:preview", config, options });
  useEffect(() => {
    if (!isReady || !config) return;
    frame.current?.contentWindow?.postMessage(JSON.parse(message), window.location.origin);
  }, [isReady, config, message]);
  return <iframe ref={frame} title={t("preview")} src="/conversations-visitor-embed/preview" />;
}

interface WebsiteProps {
  scheme: Trial["scheme"];
  opening: ChatflowDocument["chat"]["display"]["desktop"];
  config: PageConfig | undefined;
  page: ReactNode;
}

/** A website around the chat, with its launcher as the settings open it. */
function Website({ scheme, opening, config, page }: WebsiteProps) {
  const [isOpen, setOpen] = useState(opening.open === "chat");
  const [hasPrompt, setPrompt] = useState(opening.open === "prompt");
  const isHidden = config?.availability.show === "hide";
  const accent = {
    "--site-accent": config?.accent ?? "var(--accent)",
    "--site-accent-text": config?.accent_text ?? "var(--accent-text)",
  } as CSSProperties;
  return (
    <div
      className="site"
      data-mantine-color-scheme={scheme}
      style={{ colorScheme: scheme, ...accent }}
      dir={config?.direction}
    >
      <div className="site-lines" aria-hidden>
        {Array.from({ length: 9 }, (_, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike.
          <span key={line} />
        ))}
      </div>
      {isHidden ? (
        <p className="site-note">{t("preview.hidden")}</p>
      ) : (
        <>
          {opening.after_s > 0 && opening.open !== "launcher" && (
            <p className="site-note">{t("preview.after", { count: opening.after_s })}</p>
          )}
          {isOpen && <div className="site-panel">{page}</div>}
          {!isOpen && hasPrompt && config && (
            <div className="site-prompt" lang={config.language}>
              <span>{words(config)}</span>
              <button type="button" aria-label={t("preview.prompt.hide")} onClick={() => setPrompt(false)}>
                <IconX size={18} aria-hidden />
              </button>
            </div>
          )}
          <button
            type="button"
            className="site-launcher"
            aria-label={t("preview.launcher")}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? <IconX size={28} aria-hidden /> : <IconMessageCircle size={28} aria-hidden />}
          </button>
        </>
      )}
    </div>
  );
}

/** The welcome as one line. */
function words(config: PageConfig): string {
  const runs = config.welcome.blocks.flatMap((block) => (block["runs"] ?? []) as { text?: string }[]);
  return runs.map((run) => run.text ?? " ").join("");
}
