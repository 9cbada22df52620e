/** The shell between app, page and server: on a line that is cut, with tokens that run out, and at log-out. */
import type { ToPage } from "../src/core/bridge";
import type { Fetch } from "../src/core/server";
import { bounded, type Host, Shell } from "../src/core/shell";

const CONFIGURATION = { server_url: "https://chat.example.org", account_id: 2, mobile_tag: "support" };

interface Call {
  method: string;
  path: string;
  body: Record<string, unknown> | null;
  credential: string;
}

/** A phone with a shell, a clock, a store and a line. */
class Phone {
  readonly calls: Call[] = [];
  readonly said: ToPage[] = [];
  readonly opened: string[] = [];
  closed = 0;
  kept = new Map<string, string>();
  /** The next answers; 204 when none is left, 0 is no network. */
  answers: number[] = [];
  unread: { body: unknown; tag: string } = { body: { unread: 0, messages: 0 }, tag: '"0-0"' };
  own: Record<string, string> = {};
  retryAfter: string | null = null;
  #now = 1_000_000;
  #timers: { at: number; run: () => void }[] = [];
  readonly host: Host;
  shell: Shell;

  constructor(kept = new Map<string, string>()) {
    this.kept = kept;
    const fetch: Fetch = async (url, { method, headers, body }) => {
      const status = this.answers.shift() ?? 204;
      if (status === 0) throw new TypeError("no network");
      const path = url.replace("https://chat.example.org/api/v1/app", "");
      const credential = headers["authorization"]?.replace("Bearer ", "") ?? "";
      this.calls.push({ method, path, body: body ? (JSON.parse(body) as Call["body"]) : null, credential });
      const isUnread = path === "/unread" && status === 204;
      if (isUnread && headers["if-none-match"] === this.unread.tag) {
        return { status: 304, headers: { get: () => this.unread.tag }, text: async () => "" };
      }
      return {
        status: isUnread ? 200 : status,
        headers: { get: (name) => (name === "etag" ? this.unread.tag : this.retryAfter) },
        text: async () => (isUnread ? JSON.stringify(this.unread.body) : ""),
      };
    };
    this.host = {
      platform: "react_native",
      appVersion: "5.1",
      locale: "nl-NL",
      properties: () => this.own,
      store: {
        get: async (key) => this.kept.get(key) ?? null,
        set: async (key, value) => void this.kept.set(key, value),
        remove: async (key) => void this.kept.delete(key),
      },
      fetch,
      newId: () => "0b5c1f6e-6f0a-4a38-9f0e-2f6f0a9c1d11",
      now: () => this.#now,
      later: (ms, run) => {
        const timer = { at: this.#now + ms, run };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((each) => each !== timer);
        };
      },
    };
    this.shell = new Shell(CONFIGURATION, this.host);
  }

  page(): () => void {
    return this.shell.attach({
      receive: (message) => this.said.push(message),
      close: () => {
        this.closed += 1;
      },
      openLink: (url) => this.opened.push(url),
    });
  }

  hear(message: object): void {
    this.shell.receive(JSON.stringify(message));
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await this.settle();
      const next = this.#timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
    await this.settle();
  }
}

const READY = { type: "ready", protocol: 1 };
const CREDENTIAL = { type: "credential", credential: "first", expires_at: 9_000_000_000_000 };
const NOBODY = { type: "identity", token: null, email: null, app_version: "5.1" };
const mia = (token: string) => ({ token, email: "mia@example.org" });

test("C17 the page is told who is signed in when it can receive, and not before", () => {
  const phone = new Phone();
  phone.shell.identify(mia("one"));
  phone.page();
  expect(phone.said).toEqual([]);
  phone.hear(READY);
  expect(phone.said).toEqual([{ ...NOBODY, ...mia("one") }]);
  phone.shell.identify(mia("two"));
  expect(phone.said.at(-1)).toMatchObject({ token: "two" });
});

test("nobody signed in is said too", () => {
  const phone = new Phone();
  phone.page();
  phone.hear(READY);
  expect(phone.said).toEqual([NOBODY]);
});

test("the page waits while the first token is fetched, however often that fails", async () => {
  const phone = new Phone();
  const answers: (() => Promise<ReturnType<typeof mia>>)[] = [
    () => Promise.reject(new Error("offline")),
    () => Promise.reject(new Error("offline")),
    () => Promise.resolve(mia("late")),
  ];
  phone.shell.identifyBy(() => answers.shift()?.() ?? Promise.reject(new Error("asked once more")));
  phone.page();
  phone.hear(READY);
  await phone.settle();
  expect(phone.said).toEqual([]);
  await phone.pass(2_000);
  expect(phone.said).toEqual([]);
  await phone.pass(4_000);
  expect(phone.said).toMatchObject([{ type: "identity", token: "late" }]);
});

test("C12 a token that ran out is replaced by the app's callback", async () => {
  const phone = new Phone();
  phone.shell.identify(mia("old"), async () => mia("new"));
  phone.page();
  phone.hear(READY);
  phone.hear({ type: "identity_needed" });
  await phone.settle();
  expect(phone.said).toMatchObject([{ token: "old" }, { token: "new" }]);
});

test("an answer of the callback that comes after log-out names nobody", async () => {
  const phone = new Phone();
  let answer: (identity: ReturnType<typeof mia>) => void = () => undefined;
  phone.shell.identify(mia("old"), () => new Promise((done) => (answer = done)));
  phone.page();
  phone.hear(READY);
  phone.hear({ type: "identity_needed" });
  const gone = phone.shell.logOut();
  await phone.settle();
  phone.hear({ type: "logged_out" });
  await gone;
  answer(mia("too late"));
  await phone.settle();
  expect(phone.said.at(-1)).toEqual(NOBODY);
});

test("C07 the device is registered once there is a credential, and again with its push token", async () => {
  const phone = new Phone();
  phone.page();
  phone.hear(READY);
  phone.hear(CREDENTIAL);
  await phone.settle();
  const push = { provider: "fcm" as const, token: "t", topic: null, sandbox: false };
  phone.shell.setPushToken(push);
  phone.shell.setPushToken({ ...push });
  await phone.settle();
  const devices = phone.calls.filter(({ path }) => path === "/device");
  expect(devices.map(({ body }) => body?.["push"])).toEqual([null, push]);
  expect(devices[0]?.body).toMatchObject({ locale: "nl-NL", app_version: "5.1", platform: "react_native" });
  expect(phone.kept.get("credential")).toBe("first");
});

test("a push token waits for a credential, and for a line that was cut", async () => {
  const phone = new Phone();
  phone.shell.setPushToken({ provider: "fcm", token: "t", topic: null, sandbox: false });
  await phone.settle();
  expect(phone.calls).toEqual([]);
  phone.answers = [0, 503, 204];
  phone.page();
  phone.hear(CREDENTIAL);
  await phone.settle();
  expect(phone.calls).toEqual([]);
  await phone.pass(2_000);
  expect(phone.calls.length).toBe(1);
  await phone.pass(4_000);
  expect(phone.calls.length).toBe(2);
  await phone.pass(3_600_000);
  expect(phone.calls.length).toBe(2);
});

test("C05 properties are told together, the newest value of each", async () => {
  const phone = new Phone();
  phone.shell.setProperties({ plan: "free", device_model: "Pixel 7" });
  phone.page();
  phone.hear(CREDENTIAL);
  phone.shell.setProperties({ plan: "gold" });
  await phone.settle();
  const told = phone.calls.filter(({ path }) => path === "/properties");
  expect(told.at(-1)?.body).toEqual({ properties: { plan: "gold", device_model: "Pixel 7" } });
});

test("C06 the device's own properties are read at each sending, stand above the app's, and outlive log-out", async () => {
  const phone = new Phone();
  phone.own = { device_orientation: "portrait" };
  phone.shell.setProperties({ plan: "gold", device_orientation: "mine" });
  phone.hear(CREDENTIAL);
  await phone.settle();
  phone.own = { device_orientation: "landscape" };
  phone.shell.setProperties({ plan: "silver" });
  await phone.settle();
  await phone.shell.logOut();
  phone.hear({ ...CREDENTIAL, credential: "second" });
  await phone.settle();
  const told = phone.calls
    .filter(({ path }) => path === "/properties")
    .map(({ body }) => body?.["properties"]);
  expect(told).toEqual([
    { device_orientation: "portrait", plan: "gold" },
    { device_orientation: "landscape", plan: "silver" },
    { device_orientation: "landscape" },
  ]);
});

test("C06 properties stay within what the server takes", () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, number) => [`k${number}`, "v"]));
  const all = bounded(
    { ...many, ["k".repeat(60)]: "v", " ": "blank" },
    { platform: `${"a".repeat(199)}😀`, [`${"n".repeat(49)}😀`]: "cut" },
  );
  expect(Object.keys(all).length).toBe(50);
  expect(all["platform"]).toBe("a".repeat(199));
  expect(all["n".repeat(49)]).toBe("cut");
  expect(Object.keys(all).every((name) => name.trim() && name.length <= 50)).toBe(true);
});

test("a server that says when to come back is believed, whatever the app says meanwhile", async () => {
  const phone = new Phone();
  phone.retryAfter = "300";
  phone.answers = [429];
  const push = (token: string) =>
    phone.shell.setPushToken({ provider: "fcm", token, topic: null, sandbox: false });
  const sent = () => phone.calls.filter(({ path }) => path === "/device").length;
  phone.hear(CREDENTIAL);
  push("said while it is asked");
  await phone.settle();
  push("said afterwards");
  await phone.pass(299_999);
  expect(sent()).toBe(1);
  await phone.pass(1);
  expect(sent()).toBe(2);
  expect(phone.calls.at(-1)?.body?.["push"]).toMatchObject({ token: "said afterwards" });
  push("once more");
  await phone.settle();
  expect(sent()).toBe(3);
});

test("D20 what is unread is not asked for before the server said, though the app comes and goes", async () => {
  const phone = new Phone(new Map([["credential", "kept"]]));
  phone.retryAfter = "300";
  phone.answers = [429];
  phone.shell.setVisible(true);
  await phone.settle();
  phone.shell.setVisible(false);
  phone.shell.setVisible(true);
  await phone.pass(299_999);
  expect(phone.calls.length).toBe(1);
  await phone.pass(1);
  expect(phone.calls.length).toBe(2);
});

test("D20 an answer that is none stops nothing", async () => {
  const phone = new Phone(new Map([["credential", "kept"]]));
  const answers = [null, {}, { unread: "2", messages: 2 }, { unread: -1, messages: 0 }];
  for (const body of answers) {
    phone.unread = { body, tag: '"x"' };
    phone.shell.setVisible(true);
    await phone.settle();
    phone.shell.setVisible(false);
  }
  expect([phone.calls.length, phone.shell.unreadCount]).toEqual([4, 0]);
  phone.shell.setVisible(true);
  phone.unread = { body: { unread: 2, messages: 2, of_a_later_version: 1 }, tag: '"2-2"' };
  await phone.pass(60_000);
  expect(phone.shell.unreadCount).toBe(2);
});

test("what is unread for whoever left does not come back", async () => {
  const phone = new Phone(new Map([["credential", "kept"]]));
  phone.unread = { body: { unread: 2, messages: 3 }, tag: '"2-3"' };
  await phone.settle();
  let answer: () => void = () => undefined;
  const waiting = new Promise<void>((done) => (answer = done));
  const usual = phone.host.fetch;
  phone.host.fetch = async (url, init) => {
    const given = await usual(url, init);
    if (url.endsWith("/unread")) await waiting;
    return given;
  };
  phone.shell = new Shell(CONFIGURATION, phone.host);
  phone.shell.setVisible(true);
  await phone.settle();
  await phone.shell.logOut();
  answer();
  await phone.settle();
  expect(phone.shell.unreadCount).toBe(0);
});

test.each([0, 302, 307])(
  "C16 a redirect (%i) is not followed, and a session that it met ends later",
  async (status) => {
    const phone = new Phone();
    await phone.settle();
    phone.kept.set("ended", "before");
    const usual = phone.host.fetch;
    let isFirst = true;
    phone.host.fetch = async (url, init) => {
      expect(init.redirect).toBe("manual");
      const given = await usual(url, init);
      if (!isFirst) return given;
      isFirst = false;
      return { ...given, status };
    };
    phone.shell = new Shell(CONFIGURATION, phone.host);
    await phone.settle();
    expect(phone.kept.get("ended")).toBe("before");
    await phone.pass(2_000);
    expect(phone.kept.has("ended")).toBe(false);
  },
);

test("a server that never answers is given up", async () => {
  const silent = new Phone(new Map([["credential", "kept"]]));
  let [asked, gaveUp] = [0, 0];
  silent.host.fetch = (_url, { signal }) => {
    asked += 1;
    return new Promise((_done, fail) => signal?.addEventListener("abort", () => fail(gaveUp++)));
  };
  silent.shell = new Shell(CONFIGURATION, silent.host);
  silent.shell.setVisible(true);
  await silent.pass(14_999);
  expect([asked, gaveUp]).toEqual([1, 0]);
  await silent.pass(60_001);
  expect([asked, gaveUp]).toEqual([2, 1]);
});

test("D20 what is unread is asked for only while the app is in front, and costs little", async () => {
  const phone = new Phone(new Map([["credential", "kept"]]));
  const counts: number[] = [];
  phone.shell.listen({ onUnread: (count) => counts.push(count) });
  await phone.pass(10 * 60_000);
  expect(phone.calls).toEqual([]);
  phone.unread = { body: { unread: 2, messages: 3 }, tag: '"2-3"' };
  phone.shell.setVisible(true);
  await phone.pass(0);
  expect(counts).toEqual([2]);
  await phone.pass(3 * 60_000);
  expect(phone.calls.length).toBe(4);
  expect(counts).toEqual([2]);
  phone.shell.setVisible(false);
  await phone.pass(10 * 60_000);
  expect(phone.calls.length).toBe(4);
  expect(phone.shell.unreadCount).toBe(2);
});

test("the page's own count is at once", () => {
  const phone = new Phone();
  phone.page();
  phone.hear(READY);
  phone.hear({ type: "unread", count: 1 });
  expect(phone.shell.unreadCount).toBe(1);
});

test("C09 a push opens its conversation, now or when the page is there", () => {
  const phone = new Phone();
  const opening = { account_id: 2, conversation_id: 77, mobile_tag: "support" };
  expect(phone.shell.open(opening)).toBe(true);
  expect(phone.shell.open({ ...opening, account_id: 3 })).toBe(false);
  phone.page();
  phone.hear(READY);
  expect(phone.said).toEqual([NOBODY, { type: "open_conversation", conversation_id: 77 }]);
  phone.shell.open({ ...opening, conversation_id: 78 });
  expect(phone.said.at(-1)).toEqual({ type: "open_conversation", conversation_id: 78 });
});

test("C16 log-out waits for the page, then forgets everything, also at the server", async () => {
  const phone = new Phone();
  phone.shell.identify(mia("one"));
  phone.shell.setProperties({ plan: "gold" });
  phone.page();
  phone.hear(READY);
  phone.hear(CREDENTIAL);
  phone.hear({ type: "unread", count: 4 });
  await phone.settle();
  let done = false;
  const gone = phone.shell.logOut().then(() => {
    done = true;
  });
  await phone.settle();
  expect(phone.said.at(-1)).toEqual({ type: "log_out" });
  expect(done).toBe(false);
  phone.hear({ type: "logged_out" });
  await gone;
  await phone.settle();
  expect(phone.said.at(-1)).toEqual(NOBODY);
  expect(phone.calls.at(-1)).toMatchObject({ method: "DELETE", path: "/session", credential: "first" });
  expect([...phone.kept.keys()]).toEqual(["installation"]);
  expect(phone.shell.unreadCount).toBe(0);
});

test("C16 a page that does not answer delays log-out by two seconds, no network does not stop it", async () => {
  const phone = new Phone();
  phone.page();
  phone.hear(READY);
  phone.hear(CREDENTIAL);
  await phone.settle();
  phone.answers = [0, 0, 204];
  let done = false;
  void phone.shell.logOut().then(() => {
    done = true;
  });
  await phone.pass(1_999);
  expect(done).toBe(false);
  await phone.pass(1);
  expect(done).toBe(true);
  expect(phone.kept.has("credential")).toBe(false);
  await phone.pass(60_000);
  expect(phone.calls.at(-1)).toMatchObject({ method: "DELETE", path: "/session" });
  expect(phone.kept.has("ended")).toBe(false);
});

test("C16 an app that was ended before the server knew says it at its next start", async () => {
  const phone = new Phone(new Map([["ended", "before earlier"]]));
  await phone.settle();
  expect(phone.calls).toMatchObject([
    { method: "DELETE", path: "/session", credential: "before" },
    { method: "DELETE", path: "/session", credential: "earlier" },
  ]);
  expect(phone.kept.has("ended")).toBe(false);
});

test("C16 two people who sign out without a network are both signed out in the end", async () => {
  const phone = new Phone();
  phone.answers = Array<number>(40).fill(0);
  phone.page();
  phone.hear(READY);
  for (const credential of ["first", "second"]) {
    phone.hear({ ...CREDENTIAL, credential });
    await phone.settle();
    const gone = phone.shell.logOut();
    await phone.settle();
    // Kept before the page has answered: the app may be ended now.
    expect(phone.kept.get("ended")?.split(" ").at(-1)).toBe(credential);
    phone.hear({ ...CREDENTIAL, credential: "of the session that ends" });
    phone.hear({ type: "logged_out" });
    await gone;
  }
  expect(phone.kept.has("credential")).toBe(false);
  phone.answers = [];
  await phone.pass(60 * 60_000);
  const out = phone.calls.filter(({ path }) => path === "/session").map(({ credential }) => credential);
  expect(out).toEqual(["first", "second"]);
  expect([...phone.kept.keys()]).toEqual(["installation"]);
});

test("a late answer of the callback does not replace who signed in meanwhile", async () => {
  const phone = new Phone();
  let answer: (identity: ReturnType<typeof mia>) => void = () => undefined;
  phone.shell.identifyBy(() => new Promise((done) => (answer = done)));
  phone.page();
  phone.hear(READY);
  phone.shell.identify({ token: "leo", email: "leo@example.org" });
  answer(mia("late"));
  await phone.settle();
  expect(phone.said.at(-1)).toMatchObject({ token: "leo" });
});

test("a credential that the server does not know any more is dropped", async () => {
  const phone = new Phone(new Map([["credential", "old"]]));
  phone.answers = [401];
  phone.shell.setVisible(true);
  await phone.pass(5 * 60_000);
  expect(phone.calls.length).toBe(1);
  expect(phone.kept.has("credential")).toBe(false);
});

test("close and links go to the app", () => {
  const phone = new Phone();
  phone.page();
  phone.hear({ type: "close" });
  phone.hear({ type: "open_link", url: "https://example.com/" });
  phone.hear({ type: "open_link", url: "javascript:alert(1)" });
  expect([phone.closed, phone.opened]).toEqual([1, ["https://example.com/"]]);
});

test("listeners that fail stop nobody else", () => {
  const phone = new Phone();
  const heard: number[] = [];
  phone.shell.listen({
    onConversationStarted: () => {
      throw new Error("the app's own");
    },
  });
  phone.shell.listen({ onConversationStarted: (id) => heard.push(id) });
  phone.page();
  phone.hear({ type: "conversation_started", conversation_id: 5 });
  expect(heard).toEqual([5]);
});

test("a store that fails keeps nothing and stops nothing", async () => {
  const phone = new Phone();
  phone.host.store.get = () => Promise.reject(new Error("locked"));
  phone.host.store.set = () => Promise.reject(new Error("locked"));
  phone.host.store.remove = () => Promise.reject(new Error("locked"));
  phone.shell = new Shell(CONFIGURATION, phone.host);
  phone.page();
  phone.hear(READY);
  phone.hear(CREDENTIAL);
  await phone.settle();
  expect(phone.calls.map(({ path }) => path)).toContain("/device");
  await phone.pass(0);
  void phone.shell.logOut();
  await phone.pass(2_000);
  expect(phone.said.at(-1)).toEqual({ type: "log_out" });
});

test("nothing secret is ever logged", async () => {
  const spies = (["log", "info", "warn", "error", "debug"] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation(() => undefined),
  );
  const phone = new Phone();
  phone.shell.identify(mia("secret-token"), () => Promise.reject(new Error("offline")));
  phone.page();
  phone.hear(READY);
  phone.hear(CREDENTIAL);
  phone.hear({ type: "identity_needed" });
  await phone.pass(10_000);
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  jest.restoreAllMocks();
});
