export * from "./client.ts";
export * from "./connection.ts";
export * from "./environment.ts";
export * from "./outbox.ts";
export * from "./protocol.ts";
export * from "./reducer.ts";
export * from "./store.ts";
