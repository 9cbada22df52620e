/** The public API as it was released: a change shows here, and has to be meant (UPDATE_API=1 writes it anew). */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const TOP = `${__dirname}/..`;
const PARTS = ["index", "pocketdesk", "chat", "core/configuration", "core/shell"];

test("the public API is the one that was released", () => {
  const api = PARTS.map((part) => `// ${part}\n${readFileSync(`${TOP}/dist/${part}.d.ts`, "utf8")}`).join(
    "\n",
  );
  if (process.env["UPDATE_API"]) writeFileSync(`${TOP}/api.txt`, api);
  expect(api).toBe(readFileSync(`${TOP}/api.txt`, "utf8"));
});

test("it is small", () => {
  const files = [
    "index",
    "pocketdesk",
    "chat",
    ...["bridge", "configuration", "push", "server", "shell", "texts"].map((one) => `core/${one}`),
  ];
  const code = files
    .map((file) => readFileSync(`${TOP}/dist/${file}.js`))
    .reduce((all, one) => Buffer.concat([all, one]));
  expect(statSync(`${TOP}/dist/core/shell.js`).size).toBeGreaterThan(0);
  expect(gzipSync(code).length).toBeLessThan(11_000);
});
