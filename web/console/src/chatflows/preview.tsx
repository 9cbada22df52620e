import { Alert, SegmentedControl, Switch } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call } from "../api/call.ts";
import type { ChatflowDocument } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Phone } from "../app/phone.tsx";
import { t } from "./texts.ts";

interface PreviewProps {
  document: ChatflowDocument;
  inboxId: number;
}

/** The real chat page in a phone, fed with the settings as they stand in the form; it starts no conversation. */
export function Preview({ document, inboxId }: PreviewProps) {
  const account = useAccount();
  const frame = useRef<HTMLIFrameElement>(null);
  const [isReady, setReady] = useState(false);
  const [scheme, setScheme] = useState<"light" | "dark">(() =>
    window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
  );
  const [offline, setOffline] = useState(false);
  const [settled] = useDebouncedValue(document, 200);
  const config = useQuery({
    queryKey: [account.id, "preview", inboxId, settled],
    queryFn: ({ signal }) =>
      call<unknown>("POST", `/accounts/${account.id}/chatflows/preview`, {
        body: { document: settled, inbox_id: inboxId },
        signal,
      }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });

  useEffect(() => {
    const listen = (event: MessageEvent) => {
      if (event.source === frame.current?.contentWindow && event.data?.type === "pocketdesk:preview-ready") {
        setReady(true);
      }
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, []);

  useEffect(() => {
    if (!isReady || !config.data) return;
    frame.current?.contentWindow?.postMessage(
      { type: "pocketdesk:preview", config: config.data, options: { dark: scheme === "dark", offline } },
      window.location.origin,
    );
  }, [isReady, config.data, scheme, offline]);

  return (
    <section className="preview" aria-label={t("preview")}>
      <div className="preview-controls">
        <SegmentedControl
          size="xs"
          aria-label={t("preview.appearance")}
          value={scheme}
          onChange={(value) => setScheme(value as "light" | "dark")}
          data={[
            { value: "light", label: t("preview.light") },
            { value: "dark", label: t("preview.dark") },
          ]}
        />
        <Switch
          size="sm"
          label={t("preview.offline")}
          checked={offline}
          onChange={(event) => setOffline(event.currentTarget.checked)}
        />
      </div>
      <Phone>
        <iframe ref={frame} title={t("preview")} src="/conversations-visitor-embed/preview" />
      </Phone>
      {config.isError && !config.isPlaceholderData ? (
        <Alert color="orange" role="status">
          {t("preview.failed", { why: config.error.message })}
        </Alert>
      ) : (
        <p className="muted small">{t("preview.why")}</p>
      )}
    </section>
  );
}
