import { sentence } from "../api/call.ts";
import type { PushProvider } from "../api/types.ts";
import { t } from "./texts.ts";

type Kind = PushProvider["kind"];
type Words = Parameters<typeof t>[0];

/** What services say, by what it means for whoever keeps the key. */
const MEANINGS: Readonly<Record<Kind, Readonly<Record<string, Words>>>> = {
  apns: {
    InvalidProviderToken: "failure.apns.key",
    MissingProviderToken: "failure.apns.key",
    ExpiredProviderToken: "failure.apns.clock",
    BadEnvironmentKeyInToken: "failure.apns.environment",
    BadEnvironmentKeyIdInToken: "failure.apns.environment",
    "the app did not say its bundle id": "failure.apns.bundle",
    MissingTopic: "failure.apns.bundle",
    BadTopic: "failure.apns.topic",
    TopicDisallowed: "failure.apns.topic",
    TooManyRequests: "failure.busy",
    TooManyProviderTokenUpdates: "failure.busy",
    InternalServerError: "failure.fault",
    ServiceUnavailable: "failure.fault",
    Shutdown: "failure.fault",
  },
  fcm: {
    // Errors of FCM have names; only those of Google's tokens are bare numbers.
    "status 400": "failure.fcm.key",
    "status 401": "failure.fcm.key",
    UNAUTHENTICATED: "failure.fcm.rights",
    PERMISSION_DENIED: "failure.fcm.rights",
    NOT_FOUND: "failure.fcm.project",
    RESOURCE_EXHAUSTED: "failure.busy",
    INTERNAL: "failure.fault",
    UNAVAILABLE: "failure.fault",
  },
  webpush: {
    "status 400": "failure.webpush.key",
    "status 401": "failure.webpush.key",
    "status 403": "failure.webpush.key",
  },
};

/** Why a push failed and what to do; a reason that nobody has words for stands as the service gave it. */
export function failureWords(kind: Kind, reason: string): string {
  const meaning = MEANINGS[kind][reason];
  if (meaning) return t(meaning);
  const status = Number(/^status (\d{3})$/.exec(reason)?.[1] ?? 0);
  if (status === 429) return t("failure.busy");
  if (status >= 500) return t("failure.fault");
  return status > 0 ? t("failure.status", { status }) : sentence(reason);
}

/** Whether the newest push by a service failed. */
export const isFailing = ({ sent_at, failed_at }: PushProvider): boolean =>
  failed_at !== null && failed_at > (sent_at ?? 0);
