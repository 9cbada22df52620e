import { Button, NativeSelect } from "@mantine/core";
import { IconInbox, IconMessage2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet, useMatchRoute, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { inboxesQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";
import { Empty } from "../app/screens.tsx";
import { useCounts } from "../live/live.tsx";
import { type Filters, VIEWS, type View } from "./filters.ts";
import "./inbox.css";
import { ConversationList } from "./list.tsx";
import { askToNotify, isUndecided, setTelling } from "./telling.ts";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/inbox");

/** Views, list and (by the route below) the open conversation. */
export function InboxScreen() {
  const account = useAccount();
  const isOpen = Boolean(useMatchRoute()({ to: "/a/$accountId/inbox/$conversationId" }));
  const mine = useQuery(inboxesQuery(account.id, "mine"));
  if (mine.data?.length === 0) {
    return (
      <Empty icon={<IconInbox />} title={t("empty.no_inbox")}>
        {t("empty.no_inbox.why")}
      </Empty>
    );
  }
  return (
    <div className="inbox" data-open={isOpen || undefined}>
      <h1 className="visually-hidden">{t("title")}</h1>
      <Views />
      <ConversationList />
      <Outlet />
    </div>
  );
}

export function NothingOpen() {
  return (
    <section className="conversation conversation-none">
      <Empty icon={<IconMessage2 />} title={t("nothing.open")}>
        {t("nothing.open.why")}
      </Empty>
    </section>
  );
}

/** The open conversations of each view, live; a view without a number is not counted. */
function useViewCounts(): { views: Partial<Record<View, number>>; inboxes: Record<string, number> } {
  const counts = useCounts();
  if (counts.kind !== "live") return { views: {}, inboxes: {} };
  const { inboxes, ...views } = counts.state.counts;
  return { views, inboxes };
}

function Views() {
  const account = useAccount();
  const accountId = String(account.id);
  const filters = route.useSearch();
  const navigate = useNavigate();
  const inboxes = useQuery(inboxesQuery(account.id, "mine"));
  const counts = useViewCounts();
  const view = filters.view ?? "open";
  const show = (next: Filters) =>
    void navigate({ to: "/a/$accountId/inbox", params: { accountId }, search: next });
  const within = (next: View): Filters => ({
    ...(next === "open" ? {} : { view: next }),
    ...(filters.inbox ? { inbox: filters.inbox } : {}),
  });

  return (
    <nav className="views" aria-label={t("views")}>
      <div className="views-title" aria-hidden>
        {t("title")}
      </div>
      <div className="views-narrow">
        <NativeSelect
          aria-label={t("views")}
          value={view}
          onChange={(event) => show(within(event.currentTarget.value as View))}
          data={VIEWS.map((one) => {
            const count = filters.inbox ? undefined : counts.views[one];
            return { value: one, label: count ? `${t(`view.${one}`)} (${count})` : t(`view.${one}`) };
          })}
        />
        {(inboxes.data?.length ?? 0) > 1 && (
          <NativeSelect
            aria-label={t("inboxes")}
            value={filters.inbox ?? ""}
            onChange={(event) => {
              const { inbox: _, ...others } = filters;
              const chosen = event.currentTarget.value;
              show(chosen ? { ...others, inbox: chosen } : others);
            }}
            data={[
              { value: "", label: t("inboxes.all") },
              ...(inboxes.data ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
          />
        )}
      </div>
      <ul className="views-wide">
        {VIEWS.map((one) => {
          const count = filters.inbox ? undefined : counts.views[one];
          return (
            <li key={one}>
              <Link
                to="/a/$accountId/inbox"
                params={{ accountId }}
                search={within(one)}
                className="view"
                data-active={view === one || undefined}
                aria-current={view === one ? "page" : undefined}
              >
                <span>{t(`view.${one}`)}</span>
                {count !== undefined && count > 0 && (
                  <span className="number count" data-hot={one === "unassigned" || undefined}>
                    {count}
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
      {(inboxes.data?.length ?? 0) > 1 && (
        <div className="views-wide">
          <h2 className="views-group">{t("inboxes")}</h2>
          <ul>
            {[{ id: null, name: t("inboxes.all") }, ...(inboxes.data ?? [])].map(({ id, name }) => {
              const isActive = (filters.inbox ?? null) === (id === null ? null : String(id));
              const { inbox: _, ...others } = filters;
              const count = id === null ? counts.views.open : counts.inboxes[String(id)];
              return (
                <li key={id}>
                  <Link
                    to="/a/$accountId/inbox"
                    params={{ accountId }}
                    search={id === null ? others : { ...others, inbox: String(id) }}
                    className="view"
                    data-active={isActive || undefined}
                    aria-current={isActive ? "page" : undefined}
                  >
                    <span>{name}</span>
                    {count !== undefined && count > 0 && <span className="number count">{count}</span>}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      )}
      <NotifyOffer />
    </nav>
  );
}

/** Asks where the answer matters and only once; the browser's own question comes after a yes. */
function NotifyOffer() {
  const [isOffered, offer] = useState(() => isUndecided() && window.top === window);
  if (!isOffered) return null;
  const answer = async (yes: boolean) => {
    offer(false);
    setTelling(yes && (await askToNotify()));
  };
  return (
    <div className="notify-offer">
      <p className="small">{t("notify.offer")}</p>
      <Button size="compact-sm" variant="light" onClick={() => void answer(true)}>
        {t("notify.yes")}
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void answer(false)}>
        {t("notify.no")}
      </Button>
    </div>
  );
}
