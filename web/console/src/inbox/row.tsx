import type { Assignee, Row } from "@pocketdesk/client";
import {
  IconCircleCheck,
  IconDeviceMobile,
  IconPlugConnected,
  IconUserCircle,
  IconUsersGroup,
  IconWorld,
} from "@tabler/icons-react";
import { initials } from "../app/people.ts";
import { t } from "./texts.ts";

/** The name of who a conversation is with; visitors without one are told apart by the end of their number. */
export function whoIs({ who }: Pick<Row, "who">): string {
  return who.name ?? visitorName(who.visitor_id);
}

export const visitorName = (id: number): string => t("visitor", { number: String(id).slice(-4) });

const PLATFORMS: Readonly<Record<string, string>> = {
  ios: "iOS",
  ipados: "iPadOS",
  android: "Android",
  web: "Web",
};

/** A platform as its maker writes it. */
export const platformName = (platform: string): string => PLATFORMS[platform.toLowerCase()] ?? platform;

interface FaceProps {
  name: string | null;
  color: number;
  image?: string | null;
  size?: number;
}

export function Face({ name, color, image, size = 36 }: FaceProps) {
  if (image) return <img className="face" src={image} alt="" width={size} height={size} />;
  return (
    <span
      className="face"
      style={{ background: `var(--person-${color % 8})`, inlineSize: size, blockSize: size }}
      aria-hidden
    >
      {name ? initials(name) : <IconUserCircle size={size * 0.6} stroke={1.5} />}
    </span>
  );
}

export const CHANNEL_ICONS = { mobile: IconDeviceMobile, web: IconWorld, custom: IconPlugConnected };

export function ChannelIcon({ kind }: { kind: Row["channel_kind"] }) {
  const Icon = CHANNEL_ICONS[kind];
  return <Icon size={14} stroke={1.6} role="img" aria-label={t(`channel.${kind}`)} />;
}

/** Who proved who they are is told from who only typed an address. */
export function VerifiedMark() {
  return (
    <IconCircleCheck
      className="verified-mark"
      size={14}
      stroke={2}
      role="img"
      aria-label={t("person.verified")}
    />
  );
}

export function AssigneeMark({ assignee }: { assignee: Assignee }) {
  if (assignee.kind === "nobody" || !assignee.name) return null;
  const label = t("assigned", { name: assignee.name });
  return (
    <span className="assignee-mark" title={label}>
      {assignee.kind === "team" && <IconUsersGroup size={13} stroke={1.6} aria-hidden />}
      {assignee.image && <Face name={assignee.name} color={0} image={assignee.image} size={16} />}
      <span className="visually-hidden">{label}</span>
      <span aria-hidden>{assignee.kind === "team" ? assignee.name : assignee.name.split(" ")[0]}</span>
    </span>
  );
}
