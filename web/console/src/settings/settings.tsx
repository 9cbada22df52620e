import { Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconSettings } from "@tabler/icons-react";
import { Link, Outlet, useMatchRoute } from "@tanstack/react-router";
import type { Permission } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Empty } from "../app/screens.tsx";
import "./settings.css";
import { t } from "./texts.ts";

interface Section {
  to: string;
  label: string;
  needs?: Permission;
}

const groups: { title: string; sections: Section[] }[] = [
  {
    title: t("group.you"),
    sections: [{ to: "/a/$accountId/settings/notifications", label: t("nav.notifications") }],
  },
  {
    title: t("group.people"),
    sections: [
      { to: "/a/$accountId/settings/users", label: t("nav.users"), needs: "people" },
      { to: "/a/$accountId/settings/teams", label: t("nav.teams"), needs: "people" },
      { to: "/a/$accountId/settings/permissions", label: t("nav.permissions"), needs: "people" },
    ],
  },
  {
    title: t("group.conversations"),
    sections: [
      { to: "/a/$accountId/settings/inboxes", label: t("nav.inboxes"), needs: "inboxes" },
      { to: "/a/$accountId/settings/routing", label: t("nav.routing"), needs: "people" },
      { to: "/a/$accountId/settings/simulator", label: t("nav.simulator"), needs: "chatflows" },
      { to: "/a/$accountId/settings/surveys", label: t("nav.surveys"), needs: "chatflows" },
    ],
  },
  {
    title: t("group.account"),
    sections: [
      { to: "/a/$accountId/settings/privacy", label: t("nav.privacy"), needs: "people" },
      { to: "/a/$accountId/settings/identity", label: t("nav.identity"), needs: "identity" },
      { to: "/a/$accountId/settings/tokens", label: t("nav.tokens"), needs: "tokens" },
      { to: "/a/$accountId/settings/integrations", label: t("nav.integrations"), needs: "tokens" },
      { to: "/a/$accountId/settings/webhooks", label: t("nav.webhooks"), needs: "tokens" },
      { to: "/a/$accountId/settings/push", label: t("nav.push"), needs: "inboxes" },
      { to: "/a/$accountId/settings/audit", label: t("nav.audit"), needs: "audit" },
      { to: "/a/$accountId/settings/account", label: t("nav.account"), needs: "people" },
    ],
  },
];

export function Settings() {
  const account = useAccount();
  const params = { accountId: String(account.id) };
  const isHome = Boolean(useMatchRoute()({ to: "/a/$accountId/settings", params }));
  const may = ({ needs }: Section) => !needs || account.user.permissions.includes(needs);
  return (
    <div className="settings" data-home={isHome || undefined}>
      <nav className="settings-nav" aria-label={t("title")}>
        <Title order={1}>{t("title")}</Title>
        {groups.map(({ title, sections }) => {
          const shown = sections.filter(may);
          return (
            shown.length > 0 && (
              <section key={title}>
                <h2>{title}</h2>
                {shown.map(({ to, label }) => (
                  <Link key={to} to={to} params={params} activeProps={{ "data-active": true }}>
                    {label}
                  </Link>
                ))}
              </section>
            )
          );
        })}
      </nav>
      <div className="settings-body">
        {!isHome && (
          <Link className="back settings-back" to="/a/$accountId/settings" params={params}>
            <IconArrowLeft size={16} aria-hidden /> {t("back")}
          </Link>
        )}
        <Outlet />
      </div>
    </div>
  );
}

export function SettingsHome() {
  const isNarrow = useMediaQuery("(max-width: 48em)");
  return isNarrow ? null : (
    <Empty icon={<IconSettings />} title={t("choose")}>
      {t("choose.why")}
    </Empty>
  );
}
