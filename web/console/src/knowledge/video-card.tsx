import { IconPlayerPlay } from "@tabler/icons-react";
import { t } from "./writing/texts.ts";

/** What stands on a card that leads to a video. */
export function VideoCard({ href }: { href: string }) {
  return (
    <>
      <IconPlayerPlay size={20} aria-hidden />
      <span>
        <strong>{t("video.card", { site: siteOf(href) })}</strong>
        <bdi className="muted small">{href}</bdi>
      </span>
    </>
  );
}

function siteOf(href: string): string {
  return URL.canParse(href) ? new URL(href).hostname.replace(/^www\./, "") : href;
}
