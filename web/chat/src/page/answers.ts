import { Store } from "@pocketdesk/client/store";
import type { FromWorker } from "../worker.ts";
import type { AppCredential } from "./visitor.ts";

const API = "/api/v1/app";

export interface AnswersServer {
  /** The account's key for subscriptions; null where it pushes to no browser. */
  pushKey(): Promise<string | null>;
  appCredential(): Promise<AppCredential>;
}

/** Whether this browser is told of answers while nobody looks at the page. */
export type AnswersState = "off" | "on" | "denied";

/** Pushes of answers to this browser, by its service worker. Nothing is kept but the browser's own subscription. */
export class Answers {
  readonly state: Store<AnswersState>;
  readonly #server: AnswersServer;
  readonly #key: string;
  /** The path below which the worker stands; there is no page. */
  readonly #scope: string;
  #registration: ServiceWorkerRegistration | null;
  #credential: string | null = null;

  private constructor(
    server: AnswersServer,
    key: string,
    scope: string,
    registration: ServiceWorkerRegistration | null,
    state: AnswersState,
  ) {
    this.#server = server;
    this.#key = key;
    this.#scope = scope;
    this.#registration = registration;
    this.state = new Store(state);
  }

  /** Null where the account pushes to no browser, or the browser takes no pushes. `open` leads to a conversation. */
  static async find(
    accountId: number,
    server: AnswersServer,
    open: (conversationId: number) => void,
  ): Promise<Answers | null> {
    const { serviceWorker } = navigator;
    if (!serviceWorker || !("PushManager" in window) || !("Notification" in window)) return null;
    const key = await server.pushKey();
    if (key === null) return null;
    const scope = `/conversations-visitor-embed/${accountId}/`;
    const registration = (await serviceWorker.getRegistration(scope)) ?? null;
    serviceWorker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (data?.type === "pocketdesk:open-conversation") open(data.conversation_id);
    });
    const { permission } = Notification;
    const state = permission === "denied" ? "denied" : "off";
    const answers = new Answers(server, key, scope, registration, state);
    const subscription = await answers.#subscription();
    if (subscription && permission === "granted") await answers.#register(subscription);
    return answers;
  }

  /** Asks the browser, which asks its user: so only after a click. Before it nothing is put into the browser. */
  readonly turnOn = async (): Promise<void> => {
    const permission = await Notification.requestPermission();
    if (permission !== "granted") {
      if (permission === "denied") this.state.set("denied");
      return;
    }
    this.#registration ??= await navigator.serviceWorker.register(`${this.#scope}worker.js`);
    await isActive(this.#registration);
    const { pushManager } = this.#registration;
    const wanted = { userVisibleOnly: true, applicationServerKey: this.#key };
    const subscription = await pushManager.subscribe(wanted).catch(async () => {
      // Of an earlier key of the account's.
      await (await pushManager.getSubscription())?.unsubscribe();
      return pushManager.subscribe(wanted);
    });
    await this.#register(subscription);
  };

  readonly turnOff = async (): Promise<void> => {
    const subscription = await this.#subscription();
    if (subscription) {
      await subscription.unsubscribe();
      await this.#call("DELETE", `/device/${await installationOf(subscription)}`);
    }
    this.state.set("off");
  };

  /** The visitor goes: nothing is pushed here any more, and nothing is left that could ask for it. */
  async forget(): Promise<void> {
    await (await this.#subscription())?.unsubscribe();
    await this.#registration?.unregister();
    this.#registration = null;
    if (this.#credential) await this.#call("DELETE", "/session");
    this.#credential = null;
    this.state.set("off");
  }

  #subscription(): Promise<PushSubscription | null> {
    return this.#registration?.pushManager.getSubscription() ?? Promise.resolve(null);
  }

  async #register(subscription: PushSubscription): Promise<void> {
    this.#credential ??= (await this.#server.appCredential()).credential;
    const { endpoint, keys } = subscription.toJSON();
    const token = JSON.stringify({ endpoint, keys });
    await this.#call("PUT", "/device", {
      installation_id: await installationOf(subscription),
      platform: "web",
      push: { provider: "webpush", token },
      locale: navigator.language.slice(0, 40),
    });
    this.state.set("on");
  }

  async #call(method: string, path: string, body?: object): Promise<void> {
    const answer = await fetch(API + path, {
      method,
      headers: { authorization: `Bearer ${this.#credential}`, "content-type": "application/json" },
      body: body ? JSON.stringify(body) : null,
      cache: "no-store",
      keepalive: true,
    });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
  }
}

/** Subscriptions are of an active worker. */
function isActive(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.active ? null : (registration.installing ?? registration.waiting);
  return new Promise((resolve, reject) => {
    if (!worker) return resolve();
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve();
      else if (worker.state === "redundant") reject(new Error("the worker did not start"));
    });
  });
}

/** A UUID that stays the same as long as the subscription does, without being kept anywhere. */
async function installationOf({ endpoint }: PushSubscription): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
