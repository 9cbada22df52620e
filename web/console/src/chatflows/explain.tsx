import { Badge, Button, NumberInput, TextInput, Title } from "@mantine/core";
import { IconArrowLeft, IconHelp, IconMoodEmpty } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { explanationQuery } from "../api/queries.ts";
import type { Explanation } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Learn } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { fieldErrors, Problems } from "../app/form.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { dateTime } from "../app/time.ts";
import "./chatflows.css";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/chatflows/explain");

export function Explain() {
  return (
    <Needs permission="chatflows">
      <Question />
    </Needs>
  );
}

/** Asks for a tag, and for a visitor if one likes: which chatflow is served, and why not the others (B09). */
function Question() {
  const account = useAccount();
  const accountId = String(account.id);
  const navigate = useNavigate();
  const { tag = "", visitor = "" } = route.useSearch();
  const [typed, setTyped] = useState({ tag, visitor });
  const found = useQuery({
    ...explanationQuery(account.id, tag, visitor),
    enabled: tag !== "",
    placeholderData: keepPreviousData,
  });
  const errors = fieldErrors(found.error);
  return (
    <div className="screen screen-narrow">
      <Heading
        back={
          <Link className="back" to="/a/$accountId/chatflows" params={{ accountId }}>
            <IconArrowLeft size={16} aria-hidden /> {t("back")}
          </Link>
        }
        title={t("explain")}
      />
      <p className="muted">{t("explain.why")}</p>
      <form
        className="explain-form"
        onSubmit={(event) => {
          event.preventDefault();
          const search = {
            ...(typed.tag.trim() && { tag: typed.tag.trim() }),
            ...(typed.visitor && { visitor: typed.visitor }),
          };
          void navigate({
            to: "/a/$accountId/chatflows/explain",
            params: { accountId },
            search,
            replace: true,
          });
        }}
      >
        <TextInput
          label={t("explain.tag")}
          value={typed.tag}
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          error={errors["mobile_tag"]}
          onChange={(event) => setTyped({ ...typed, tag: event.currentTarget.value })}
        />
        <NumberInput
          label={t("explain.visitor")}
          description={t("explain.visitor.help")}
          hideControls
          allowDecimal={false}
          allowNegative={false}
          value={typed.visitor}
          error={errors["visitor_id"]}
          onChange={(value) => setTyped({ ...typed, visitor: value === "" ? "" : String(value) })}
        />
        <Button type="submit" style={{ alignSelf: "flex-start" }}>
          {t("explain.ask")}
        </Button>
      </form>
      {tag !== "" && found.isPending && <Bones lines={3} />}
      {found.error && Object.keys(errors).length === 0 && <Problems failure={found.error} />}
      {tag !== "" && found.data && !found.isError && <Answer tag={tag} found={found.data} />}
      <Learn to={DOCS.explain}>{t("tag.priority")}</Learn>
    </div>
  );
}

function Answer({ tag, found }: { tag: string; found: Explanation }) {
  const accountId = String(useAccount().id);
  const others = found.others.filter(({ reasons }) => !reasons.includes("other_tag"));
  const elsewhere = found.others.length - others.length;
  const facts = found.served ? factsOf(found) : [];
  return (
    <section className="explained" aria-live="polite">
      {found.served ? (
        <div className="card">
          <Title order={2}>
            <Link
              className="flow-name"
              to="/a/$accountId/chatflows/$chatflowId/$tab"
              params={{ accountId, chatflowId: String(found.served.id), tab: "chat" }}
            >
              {t("explain.served", { name: found.served.name })}
            </Link>
          </Title>
          <p className="muted">{t("explain.served.why", { tag, priority: found.served.priority })}</p>
          {facts.length > 0 && (
            <ul className="explained-facts">
              {facts.map((fact) => (
                <li key={fact}>{fact}</li>
              ))}
            </ul>
          )}
        </div>
      ) : (
        <Empty icon={<IconMoodEmpty />} title={t("explain.nobody")}>
          {t("explain.nobody.why")}
        </Empty>
      )}
      {others.length > 0 && (
        <>
          <Title order={2}>{t("explain.others")}</Title>
          <ul className="explained-others">
            {others.map(({ chatflow, reasons }) => (
              <li key={chatflow.id}>
                <span>
                  {reasons.includes("deleted") ? (
                    <strong>{chatflow.name}</strong>
                  ) : (
                    <Link
                      className="flow-name"
                      to="/a/$accountId/chatflows/$chatflowId/$tab"
                      params={{ accountId, chatflowId: String(chatflow.id), tab: "chat" }}
                    >
                      {chatflow.name}
                    </Link>
                  )}{" "}
                  <span className="muted small">
                    {t("explain.priority", { priority: chatflow.priority })}
                  </span>
                </span>
                <span className="explained-reasons">
                  {reasons.map((reason) => (
                    <Badge key={reason} variant="light" color="gray">
                      {t(`explain.reason.${reason}`)}
                    </Badge>
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {elsewhere > 0 && (
        <p className="muted small">
          <IconHelp size={14} aria-hidden /> {t("explain.elsewhere", { count: elsewhere })}
        </p>
      )}
    </section>
  );
}

/** What visitors, or the one who was named, meet there. */
function factsOf({ availability, consent, visitor }: Explanation): string[] {
  const there = visitor?.availability ?? availability;
  const facts: string[] = [];
  if (there) facts.push(t(`explain.there.${there.state}`));
  if (there?.returns_at) facts.push(t("explain.returns", { date: dateTime(there.returns_at) }));
  if (there?.show === "hide") facts.push(t("explain.hidden"));
  if (consent?.cookies)
    facts.push(t(consent.cookies.when === "before_chat" ? "explain.cookies" : "explain.leaving"));
  if (consent?.process?.type === "explicit") facts.push(t("explain.explicit"));
  if (visitor) {
    facts.push(t("explain.sees", { name: visitor.heading.name }));
    facts.push(t(visitor.email_known ? "explain.known" : "explain.unknown"));
    if (visitor.consents.process !== null)
      facts.push(t(visitor.consents.process ? "explain.agreed" : "explain.refused"));
    if (visitor.consents.cookies !== null)
      facts.push(t(visitor.consents.cookies ? "explain.cookies.yes" : "explain.cookies.no"));
  }
  return facts;
}
