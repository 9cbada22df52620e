import { Alert, Button, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconExternalLink, IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import type { Session } from "../api/types.ts";
import { Phone } from "../app/phone.tsx";
import { Bones } from "../app/screens.tsx";
import "./demo.css";
import { t } from "./texts.ts";

const TAG = "support";

/** Both sides at once, so that one person can play them: the real chat page in a phone, the real inbox beside it. */
export function Demo() {
  const isNarrow = useMediaQuery("(max-width: 62em)", false, { getInitialValueInEffect: false });
  const [side, show] = useState("phone");
  const [visitor, setVisitor] = useState(0);
  const start = useQuery({
    queryKey: ["demo"],
    queryFn: () => call<Session>("POST", "/demo/session"),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const account = start.data?.accounts[0];
  if (start.isError) {
    return (
      <div className="screen">
        <Alert color="red" role="alert" title={t("title")}>
          {t("failed", { why: start.error.message })}
        </Alert>
      </div>
    );
  }
  if (!account) return <Bones />;

  const chat = `/conversations-visitor-embed?${new URLSearchParams({ portalId: String(account.id), chatflow: TAG })}`;
  const meetAgain = async () => {
    await call("DELETE", "/visitor/session").catch(() => undefined);
    setVisitor((count) => count + 1);
  };
  return (
    <main className="demo" data-side={isNarrow ? side : "both"}>
      <header className="demo-head">
        <h1>{t("title")}</h1>
        <p className="muted">{t("why")}</p>
        {isNarrow && (
          <SegmentedControl
            aria-label={t("sides")}
            value={side}
            onChange={show}
            data={[
              { value: "phone", label: t("phone") },
              { value: "inbox", label: t("inbox") },
            ]}
          />
        )}
        <span className="demo-actions">
          <Button
            variant="default"
            size="compact-md"
            leftSection={<IconUserPlus size={16} aria-hidden />}
            onClick={() => void meetAgain()}
          >
            {t("again")}
          </Button>
          <Button
            component="a"
            href={`/a/${account.id}/inbox`}
            target="_blank"
            variant="subtle"
            size="compact-md"
            rightSection={<IconExternalLink size={16} aria-hidden />}
          >
            {t("console")}
          </Button>
        </span>
      </header>
      <section className="demo-phone" aria-label={t("phone")}>
        <Phone>
          <iframe key={visitor} title={t("phone")} src={chat} />
        </Phone>
      </section>
      <section className="demo-inbox" aria-label={t("inbox")}>
        <iframe title={t("inbox")} src={`/a/${account.id}/inbox`} />
      </section>
    </main>
  );
}
