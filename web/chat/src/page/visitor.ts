import type { Credential } from "@pocketdesk/client/connection";
import { Store } from "@pocketdesk/client/store";

const API = "/api/v1/visitor";

interface Session {
  token: string;
  known: boolean;
}

/** Who this page's visitor is to the server. The bearer lives here and nowhere else. */
export class Visitor {
  /** Until when the server wants no more attempts from here; null when it does not mind. */
  readonly limitedUntil = new Store<number | null>(null);
  readonly #accountId: number;
  readonly #mobileTag: string;
  #session: Session | null = null;
  #isRemembered = false;

  constructor(accountId: number, mobileTag: string) {
    this.#accountId = accountId;
    this.#mobileTag = mobileTag;
  }

  /** The credential for a connection; null when the server knows no such account any more. */
  readonly credential = async (renew: boolean): Promise<Credential | null> => {
    if (renew) this.#session = null;
    this.#session ??= await this.#begin();
    if (!this.#session) return null;
    const { token } = this.#session;
    return { hello: { token }, headers: { authorization: `Bearer ${token}` } };
  };

  async #begin(): Promise<Session | null> {
    const until = this.limitedUntil.get();
    if (until !== null && Date.now() < until) throw new Error("too early");
    const answer = await fetch(`${API}/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        account_id: this.#accountId,
        mobile_tag: this.#mobileTag,
        properties: deviceProperties(),
      }),
      cache: "no-store",
    });
    this.limitedUntil.set(answer.status === 429 ? Date.now() + (await waitOf(answer)) : null);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const session = (await answer.json()) as Session;
    this.#isRemembered = session.known;
    return session;
  }

  /** Asks the server to know this device again; called once there is something to come back to. */
  readonly remember = (): void => {
    if (this.#isRemembered || !this.#session) return;
    this.#isRemembered = true;
    this.#call("POST", "/remember").catch(() => {
      this.#isRemembered = false;
    });
  };

  /** Leaves no trace of this visitor on the device; who writes next is somebody new. */
  async forget(): Promise<void> {
    if (this.#session) await this.#call("DELETE", "/session").catch(() => {});
    this.#session = null;
    this.#isRemembered = false;
  }

  /** Messages before `seq`, oldest first. */
  async olderMessages<Entry>(
    conversationId: number,
    seq: number,
  ): Promise<{ items: Entry[]; has_more: boolean }> {
    const answer = await this.#call(
      "GET",
      `/conversations/${conversationId}/messages?before=${seq}&limit=30`,
    );
    return (await answer.json()) as { items: Entry[]; has_more: boolean };
  }

  async #call(method: string, path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#session?.token}` };
    const answer = await fetch(API + path, {
      method,
      headers,
      cache: "no-store",
      keepalive: method !== "GET",
    });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    return answer;
  }
}

/** How long a refused caller has to wait, in milliseconds. */
async function waitOf(answer: Response): Promise<number> {
  const seconds = Number(answer.headers.get("retry-after"));
  return seconds > 0 ? seconds * 1000 : 60_000;
}

/** What can be known about the device without asking anybody, in the names that HubSpot's SDKs use for the same. */
export function deviceProperties(): Record<string, string> {
  const agent = navigator.userAgent;
  const android = /Android (\d+(?:\.\d+)*)/.exec(agent);
  const ios = /(?:iPhone|iPad|iPod).*? OS (\d+(?:_\d+)*)/.exec(agent);
  const desktop = /Windows NT [\d.]+|Mac OS X [\d_.]+|CrOS|Linux/.exec(agent);
  const wrapper = /\b(?:HubspotMobileSDK|PocketdeskSDK)\/[\w.]*/.exec(agent);
  const scale = window.devicePixelRatio || 1;
  const { width, height } = window.screen;
  const properties: Record<string, string | undefined> = {
    platform: android ? "android" : ios ? "ios" : "web",
    os_version: android
      ? `Android ${android[1]}`
      : ios
        ? `iOS ${ios[1]?.replaceAll("_", ".")}`
        : desktop?.[0].replaceAll("_", "."),
    screen_size: `${width}x${height}`,
    screen_resolution: `${Math.round(width * scale)}x${Math.round(height * scale)}`,
    device_orientation: width > height ? "landscape" : "portrait",
    language: navigator.language,
    sdk: wrapper?.[0],
  };
  const known = Object.entries(properties).filter((each): each is [string, string] => Boolean(each[1]));
  return Object.fromEntries(known.map(([name, value]) => [name, value.slice(0, 500)]));
}
