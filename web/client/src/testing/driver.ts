/** The client as a program, driven by the conformance kit: `node driver.ts SOCKET_URL ORIGIN ACCOUNT_ID TAG`.
 *  sdk/conformance/README.md says what goes in and out. */
import { createInterface } from "node:readline";
import { Client } from "../client.ts";
import type { Credential } from "../connection.ts";
import { browser, uuid } from "../environment.ts";

const [socketUrl = "", origin = "", accountId = "", tag = ""] = process.argv.slice(2);
const API = `${origin}/api/v1/visitor`;
let cookie = "";

/** As the chat page has it: one session until it does not hold any more, and a cookie that brings the visitor back. */
async function begin(): Promise<Credential> {
  const body = JSON.stringify({ account_id: Number(accountId), mobile_tag: tag, properties: {} });
  const headers = { "content-type": "application/json", ...(cookie && { cookie }) };
  const begun = await fetch(`${API}/session`, { method: "POST", headers, body });
  if (!begun.ok) throw new Error(`answered ${begun.status}`);
  const { token } = (await begun.json()) as { token: string };
  const authorization = `Bearer ${token}`;
  const remembered = await fetch(`${API}/remember`, {
    method: "POST",
    headers: { authorization, ...(cookie && { cookie }) },
  });
  cookie = remembered.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
  return { hello: { token }, headers: { authorization } };
}

let credential: Promise<Credential> | null = null;

function caller(renew: boolean): Promise<Credential> {
  if (renew) credential = null;
  credential ??= begin().catch((failure) => {
    credential = null;
    throw failure;
  });
  return credential;
}

const environment = {
  ...browser(),
  fetch: (path: string, init: RequestInit) => fetch(new URL(path, origin), init),
  online: () => true,
  onWake: () => () => {},
};
const client = new Client({ environment, socketUrl, api: "/api/v1/realtime", credential: caller });
const { view } = client.visitor();

function show(): void {
  const now = view.get();
  const entries = client.outbox.entries.get();
  const waiting = entries.filter(({ state }) => state !== "sent" && state !== "failed").length;
  const refused = entries.flatMap(({ failure }) => failure ?? []);
  const conversations = now.kind === "live" ? now.state.conversations : [];
  process.stdout.write(`${JSON.stringify({ conversations, waiting, refused })}\n`);
}

view.subscribe(show);
client.outbox.entries.subscribe(show);
client.connection.start();

const lane = uuid();
let isFirst = true;
for await (const text of createInterface({ input: process.stdin })) {
  const ids = { command_id: uuid(), client_message_id: uuid(), content: { text } };
  if (isFirst)
    client.outbox.put(
      { type: "start_conversation", client_conversation_id: lane, mobile_tag: tag, ...ids },
      { lane },
    );
  else client.outbox.put({ type: "post_message", conversation_id: 0, ...ids }, { lane });
  isFirst = false;
}
process.exit(0);
