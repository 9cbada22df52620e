import { afterEach, expect, test, vi } from "vitest";
import { upload } from "./upload.ts";

afterEach(() => vi.unstubAllGlobals());

const file = new File(["x".repeat(10)], "logo.png", { type: "image/png" });
const options = { pause: async () => undefined };

/** A server that answers from a list; an Error is a line that broke. */
function serving(...answers: ([status: number, body: unknown] | Error)[]) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push(`${init.method} ${path}`);
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error("nothing more");
    return new Response(JSON.stringify(answer[1]), { status: answer[0] });
  });
  return asked;
}

const BEGUN: [number, unknown] = [201, { file_id: 7, received: 0, chunk: 4 }];

test("D09: a file goes in pieces, and says how far it is", async () => {
  const asked = serving(BEGUN, [200, { received: 4 }], [200, { received: 8 }], [200, { file_id: 7 }]);
  const shares: number[] = [];
  expect(await upload(3, file, "brand", { ...options, onProgress: (share) => shares.push(share) })).toBe(7);
  expect(asked.slice(1)).toEqual([0, 4, 8].map((at) => `PUT /api/v1/accounts/3/files/7?offset=${at}`));
  expect(shares).toEqual([0.4, 0.8, 1]);
});

test("D17: after a broken line it goes on, from the byte that the server names", async () => {
  const conflict = { code: "offset_conflict", message: "continue at 6", fields: { received: "6" } };
  const asked = serving(BEGUN, new TypeError("network"), [409, conflict], [200, { received: 10 }]);
  expect(await upload(3, file, "brand", options)).toBe(7);
  expect(asked.at(-1)).toBe("PUT /api/v1/accounts/3/files/7?offset=6");
});

test("D18: what the server refuses is not tried again", async () => {
  serving(BEGUN, [422, { code: "invalid", message: "not an image", fields: { file: "is a program" } }]);
  await expect(upload(3, file, "brand", options)).rejects.toMatchObject({
    fields: { file: "Is a program." },
  });
});

test("a line that stays broken ends it", async () => {
  serving(BEGUN, ...Array.from({ length: 5 }, () => new TypeError("network")));
  await expect(upload(3, file, "brand", options)).rejects.toMatchObject({ code: "offline" });
});

test("D18: it waits until the file has been checked, and says what the check found", async () => {
  const checking: [number, unknown] = [200, { received: 10, state: "receiving" }];
  serving(BEGUN, [200, { received: 4 }], [200, { received: 8 }], checking, checking, [
    200,
    { received: 10, state: "ready", file_id: 7 },
  ]);
  expect(await upload(3, file, "message", options)).toBe(7);
  serving(BEGUN, [200, { received: 4 }], [200, { received: 8 }], checking, [
    200,
    { received: 10, state: "refused", reason: "contains malware" },
  ]);
  await expect(upload(3, file, "message", options)).rejects.toMatchObject({ code: "file_refused" });
});
