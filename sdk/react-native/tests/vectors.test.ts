/** The vectors that every shell reads: sdk/wire. */
import { readFileSync } from "node:fs";
import { fromPage, type ToPage, toScript } from "../src/core/bridge";
import { ConfigurationError, pageAddress, parseConfiguration } from "../src/core/configuration";
import { readPush } from "../src/core/push";
import { type Device, type Fetch, Server } from "../src/core/server";

function wire<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(`${__dirname}/../../wire/${name}.json`, "utf8")) as Vectors;
}

const bridge = wire<{
  from_page: { name: string; text: string; message: object | null }[];
  to_page: { name: string; message: ToPage; text: string }[];
  scripts: { name: string; text: string; script: string }[];
}>("bridge");

test.each(bridge.from_page)("the page says: $name", ({ text, message }) => {
  expect(fromPage(text)).toEqual(message);
});

test.each(bridge.to_page)("the app says: $name", ({ message, text }) => {
  const heard: string[] = [];
  const run = new Function("window", "PocketdeskPage", `return ${toScript(message)}`);
  run({ PocketdeskPage: true }, { receive: (said: string) => heard.push(said) });
  expect(heard.map((said) => JSON.parse(said))).toEqual([JSON.parse(text)]);
});

test.each(bridge.scripts)("a script: $name", ({ text, script }) => {
  const asText = (code: string) =>
    JSON.parse(code.slice(code.indexOf("(") + 1, code.lastIndexOf(")"))) as string;
  expect(asText(toScript(JSON.parse(text) as ToPage))).toBe(asText(script));
});

const configurations = wire<{
  good: { name: string; file: string; page: string }[];
  bad: { name: string; file: string | null; problem: string }[];
  push: { name: string; payload: Record<string, string>; opens: object | null }[];
}>("config");

test.each(configurations.good)("a configuration: $name", ({ file, page }) => {
  expect(pageAddress(parseConfiguration(file))).toBe(page);
  expect(pageAddress(parseConfiguration(JSON.parse(file) as object))).toBe(page);
});

test.each(configurations.bad)("C21 no configuration: $name", ({ file, problem }) => {
  expect(() => parseConfiguration(file)).toThrow(ConfigurationError);
  try {
    parseConfiguration(file);
  } catch (error) {
    expect((error as ConfigurationError).problem).toBe(problem);
  }
});

test.each(configurations.push)("C09 a push: $name", ({ payload, opens }) => {
  expect(readPush(payload)).toEqual(opens);
});

interface Exchange {
  name: string;
  request: { method: string; path: string; headers: Record<string, string>; body: unknown };
  answer: { status: number; headers: Record<string, string>; body: unknown };
}

/** The server as the SDK sees it, on a line that the test plays. */
const serverBy = (fetch: Fetch) => new Server("https://chat.example.org", fetch, () => () => undefined);

const { exchanges } = wire<{ exchanges: Exchange[] }>("app");

function call(server: Server, { name, request }: Exchange): Promise<{ kind: string }> {
  const credential = request.headers["authorization"]?.replace("Bearer ", "") ?? "";
  if (request.path.endsWith("/unread"))
    return server.unread(credential, request.headers["if-none-match"] ?? null);
  if (request.path.endsWith("/session")) return server.logOut(credential);
  if (request.path.endsWith("/properties")) {
    return server.tellProperties(
      credential,
      (request.body as { properties: Record<string, string> }).properties,
    );
  }
  if (request.method === "PUT") return server.registerDevice(credential, request.body as Device);
  if (request.method === "DELETE")
    return server.forgetDevice(credential, request.path.split("/").at(-1) ?? "");
  throw new Error(`nobody calls ${name}`);
}

const KINDS: Record<number, string> = {
  200: "done",
  204: "done",
  304: "unchanged",
  401: "signed_out",
  422: "refused",
};

test.each(exchanges)("a call: $name", async (exchange) => {
  const asked: Exchange["request"][] = [];
  const server = serverBy(async (url, { method, headers, body }) => {
    const { "content-type": kind, ...rest } = headers;
    expect(kind).toBe(body === undefined ? undefined : "application/json");
    const path = url.replace("https://chat.example.org", "");
    asked.push({ method, path, headers: rest, body: body === undefined ? null : JSON.parse(body) });
    return {
      status: exchange.answer.status,
      headers: { get: (name) => exchange.answer.headers[name] ?? null },
      text: async () => (exchange.answer.body === null ? "" : JSON.stringify(exchange.answer.body)),
    };
  });
  expect((await call(server, exchange)).kind).toBe(KINDS[exchange.answer.status]);
  expect(asked).toEqual([exchange.request]);
});

test.each([
  [503, "120", 120_000],
  [429, null, null],
  [408, "soon", null],
])("a server that is busy (%s) is asked again", async (status, wait, afterMs) => {
  const server = serverBy(async () => ({
    status,
    headers: { get: () => wait },
    text: async () => "",
  }));
  expect(await server.logOut("x")).toEqual({ kind: "again", afterMs });
});

test("a line that is cut, and an answer that is none, end in a value", async () => {
  const cut = serverBy(async () => {
    throw new TypeError("Network request failed");
  });
  expect(await cut.unread("x", null)).toEqual({ kind: "again", afterMs: null });
  const torn = serverBy(async () => ({
    status: 200,
    headers: { get: () => null },
    text: async () => "{",
  }));
  expect(await torn.unread("x", null)).toEqual({ kind: "again", afterMs: null });
});
