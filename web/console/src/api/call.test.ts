import { afterEach, expect, test, vi } from "vitest";
import { call, Refused, search, sentence } from "./call.ts";

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: unknown) {
  const fetch = vi.fn(async () => new Response(status === 204 ? null : JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

test("an edit names the version it starts from", async () => {
  const fetch = answering(200, { id: 1 });
  await call("PUT", "/things/1", { body: { a: 1 }, query: { x: "y z" }, version: 7 });
  expect(fetch).toHaveBeenCalledWith("/api/v1/things/1?x=y+z", {
    method: "PUT",
    credentials: "same-origin",
    headers: { accept: "application/json", "content-type": "application/json", "if-match": '"7"' },
    body: '{"a":1}',
  });
});

test("a refusal carries code, correlation id and field errors as sentences", async () => {
  answering(422, {
    code: "invalid",
    message: "the request does not have the right form",
    fields: { mobile_tag: "must not be empty" },
    correlation_id: "c0ffee",
  });
  const refused = await call("POST", "/things").catch((failure: unknown) => failure);
  expect(refused).toBeInstanceOf(Refused);
  expect(refused).toMatchObject({
    status: 422,
    code: "invalid",
    message: "The request does not have the right form.",
    fields: { mobile_tag: "Must not be empty." },
    correlationId: "c0ffee",
  });
});

test("no answer at all is the refusal `offline`", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("network");
  });
  await expect(call("GET", "/things")).rejects.toMatchObject({ status: 0, code: "offline" });
});

test("an answer without content is null", async () => {
  answering(204, null);
  expect(await call("DELETE", "/things/1")).toBeNull();
});

test("what is not set stays out of the address", () => {
  expect(search({ a: undefined, b: null, c: "", d: 0 })).toBe("?d=0");
  expect(search(undefined)).toBe("");
});

test("sentences end once", () => {
  expect([sentence("at most 5"), sentence("Is it?"), sentence(" ")]).toEqual(["At most 5.", "Is it?", ""]);
});
