// HubSpot's client for Node, called from Python: reads {"origin", "secret", "calls": [{"call", "args"}]} and prints,
// per call, {"answer"} or {"refused": {"code", "body"}}.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const { Client } = createRequire(new URL("../../web/package.json", import.meta.url))("@hubspot/api-client");
const { origin, secret, calls } = JSON.parse(await text(process.stdin));
const client = new Client({
  accessToken: secret,
  developerApiKey: secret,
  basePath: origin,
  numberOfApiCallRetries: 0,
});
const results = [];
for (const { call, args } of calls) {
  const names = call.split(".");
  const method = names.pop();
  try {
    const room = names.reduce((object, name) => object[name], client);
    const answer = await room[method](...args);
    results.push({ answer: answer instanceof Response ? await answer.json() : (answer ?? null) });
  } catch (error) {
    if (!error.code) throw error;
    results.push({ refused: { code: error.code, body: error.body } });
  }
}
console.log(JSON.stringify(results));
