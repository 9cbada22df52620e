import type { TimelineEntry } from "@pocketdesk/client";
import { useQuery } from "@tanstack/react-query";
import { inboxesQuery, teamsQuery, usersQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";
import { t } from "./texts.ts";

/** Names of users, teams and inboxes as a notice may mention them; empty until they are known. */
function useNames(): (kind: unknown, id: unknown) => string | undefined {
  const account = useAccount();
  const lists = {
    user: useQuery(usersQuery(account.id)),
    team: useQuery(teamsQuery(account.id)),
    inbox: useQuery(inboxesQuery(account.id, "mine")),
  };
  return (kind, id) => lists[kind as keyof typeof lists]?.data?.find((one) => one.id === id)?.name;
}

const FACES = ["☹", "😐", "☺"];

/** What happened, in one line. `name`: how the visitor is called. */
export function NoticeWords({ entry: { notice, author }, name }: { entry: TimelineEntry; name: string }) {
  const nameOf = useNames();
  const who = author.kind === "visitor" ? name : author.name || t("somebody");
  const facts = notice?.facts ?? {};
  const { kind, id } = facts;
  switch (notice?.kind) {
    case "assigned": {
      const to = nameOf(kind, id) ?? t("somebody");
      if (author.kind === "system")
        return kind === "nobody" ? t("notice.unassigned.routing") : t("notice.assigned.routing", { to });
      if (kind === "nobody") return t("notice.unassigned", { who });
      if (kind === "user" && id === author.id) return t("notice.assigned.self", { who });
      return t("notice.assigned", { who, to });
    }
    case "closed":
      return author.kind === "system" ? t("notice.closed.system") : t("notice.closed", { who });
    case "reopened":
      return t("notice.reopened", { who });
    case "contact_associated":
      return t("notice.contact_associated", { who, to: name });
    case "moved": {
      const to = nameOf("inbox", facts["to"]) ?? t("notice.moved.elsewhere");
      return author.kind === "system" ? t("notice.moved.routing", { to }) : t("notice.moved", { who, to });
    }
    case "email_asked":
      return t("notice.email_asked");
    case "email_given":
      return t("notice.email_given", { who, email: String(facts["email"] ?? "") });
    case "email_skipped":
      return t("notice.email_skipped", { who });
    case "undelivered":
      return typeof facts["why"] === "string" && facts["why"]
        ? t("notice.undelivered.why", { why: facts["why"] })
        : t("notice.undelivered");
    case "wait_over":
      return t("notice.wait_over");
    case "consent_given":
      return t(`notice.consent.${facts["choice"] ? "given" : "declined"}`, {
        who,
        what: t(`consent.${facts["kind"] as "cookies" | "process" | "communicate"}`),
      });
    case "survey_asked":
      return t("notice.survey_asked");
    case "survey_answered": {
      const rating = Number(facts["rating"]);
      const words = typeof facts["answer"] === "string" ? facts["answer"] : "";
      return (
        <>
          {t("notice.survey_answered", { who })} <span aria-hidden>{FACES[rating]}</span>{" "}
          <strong>{t(`rating.${rating as 0 | 1 | 2}`)}</strong>
          {words && <q dir="auto">{words}</q>}
        </>
      );
    }
    default:
      return null;
  }
}
