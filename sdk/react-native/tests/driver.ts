/** The shell as a program, driven by the conformance kit: `driver.js ORIGIN ACCOUNT_ID TAG FOLDER HASTE`.
 *  sdk/conformance/README.md says what goes in and out. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Fetch } from "../src/core/server";
import { type Host, Shell } from "../src/core/shell";

const [origin = "", accountId = "", tag = "", folder = "", haste = "1"] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
let holds = read("credential") !== null;
let left = 0;

function read(key: string): string | null {
  try {
    return readFileSync(`${folder}/${key}`, "utf8");
  } catch {
    return null;
  }
}

const host: Host = {
  platform: "react_native",
  appVersion: "5.1",
  locale: "nl-NL",
  properties: () => ({ platform: "android" }),
  store: {
    get: async (key) => read(key),
    set: async (key, value) => {
      writeFileSync(`${folder}/${key}`, value);
      noted(key, true);
    },
    remove: async (key) => {
      rmSync(`${folder}/${key}`, { force: true });
      noted(key, false);
    },
  },
  fetch: fetch as unknown as Fetch,
  newId: () => randomUUID(),
  now: () => Date.now() * Number(haste),
  later: (ms, run) => {
    const timer = setTimeout(run, ms / Number(haste));
    return () => clearTimeout(timer);
  },
};
const shell = new Shell({ server_url: origin, account_id: Number(accountId), mobile_tag: tag }, host);

function noted(key: string, isThere: boolean): void {
  if (key !== "credential" || isThere === holds) return;
  holds = isThere;
  show();
}

function show(): void {
  process.stdout.write(`${JSON.stringify({ unread: shell.unreadCount, holds, left })}\n`);
}

function hear(line: string): void {
  const [word = "", ...rest] = line.split(" ");
  const more = rest.join(" ");
  switch (word) {
    case "front":
    case "back":
      shell.setVisible(word === "front");
      break;
    case "credential":
      shell.receive(JSON.stringify({ type: "credential", credential: more, expires_at: 9_000_000_000_000 }));
      break;
    case "push":
      shell.setPushToken({ provider: "fcm", token: more, topic: null, sandbox: false });
      break;
    case "properties":
      shell.setProperties(JSON.parse(more) as Record<string, string>);
      break;
    case "forget":
      void shell.logOut().then(() => {
        left += 1;
        show();
      });
      break;
  }
}

shell.listen({ onUnread: show });
show();
createInterface({ input: process.stdin })
  .on("line", hear)
  .on("close", () => process.exit(0));
