/** The shapes that /api/v1 speaks. Times are UTC milliseconds. */

export interface Page<Item> {
  items: Item[];
  after: string | null;
}

export interface Named {
  id: number;
  name: string;
}

export type Permission = "chatflows" | "inboxes" | "people" | "tokens" | "audit";
export type Presence = "available" | "away";

export interface Membership extends Named {
  user: { id: number; name: string; status: Presence; permissions: Permission[]; can_receive: boolean };
}

export interface Session {
  login: { id: number; email: string };
  accounts: Membership[];
}

export interface Invitation {
  account_name: string;
  email: string;
  name: string;
  /** Whether the e-mail already has a login, which then keeps its password. */
  has_password: boolean;
}

export interface User extends Named {
  email: string;
  permission_set_id: number;
  can_receive: boolean;
  status: Presence;
  deactivated_at: number | null;
  last_seen_at: number | null;
  /** Null until the invitation is accepted. */
  joined_at: number | null;
}

export interface Team extends Named {
  main_member_ids: number[];
  extra_member_ids: number[];
}

export interface PermissionSet extends Named {
  permissions: Permission[];
  builtin: boolean;
}

export interface Invited {
  user: User;
  invite_path: string;
}

export interface ApiToken extends Named {
  scopes: string[];
  created_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
}

export interface AuditEntry {
  id: number;
  at: number;
  actor: Named;
  verb: string;
  object_kind: string;
  object_id: number;
  facts: Record<string, unknown>;
}

export type InboxType = "inbox" | "help_desk";

export interface Inbox extends Named {
  type: InboxType;
  reopen_hours: number;
  archived_at: number | null;
  member_user_ids: number[];
  member_team_ids: number[];
  /** Whether the caller sees its conversations. */
  is_member: boolean;
  channels: Channel[];
}

export type Font = "system" | "serif" | "rounded" | "mono";

export interface Channel extends Named {
  kind: "web" | "mobile";
  accent: string;
  font: Font;
  archived_at: number | null;
  first_seen_at: number | null;
}

export interface SdkConfig {
  filename: string;
  content: string;
  media_type: string;
}

export interface Contact {
  id: number;
  name: string | null;
  email: string | null;
  /** Whether the address was ever proven to be theirs. */
  verified: boolean;
  created_at: number;
  color: number;
}

export interface Language {
  code: string;
  name: string;
  direction: "ltr" | "rtl";
  default_welcome: string;
}

export interface ChatflowRow extends Named {
  kind: "mobile";
  type: "live_agent";
  inbox: Named;
  mobile_tag: string;
  language: string;
  is_on: boolean;
  priority: number;
  version: number;
  created_at: number;
  created_by: Named;
  modified_at: number;
  modified_by: Named;
}

/** A chatflow version's settings. The console edits the keys named here and keeps the others as they came. */
export interface ChatflowDocument {
  chat: { welcome: string | null; close_button: boolean; [setting: string]: unknown };
  options: { language: string; [setting: string]: unknown };
  mobile: { tag: string };
  [section: string]: unknown;
}

export interface Chatflow extends ChatflowRow {
  document: ChatflowDocument;
}
