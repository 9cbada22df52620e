import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "client", root: "client" } },
      { test: { name: "design", root: "design" } },
      {
        oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
        test: { name: "chat", root: "chat", environment: "happy-dom" },
      },
      {
        oxc: { jsx: { runtime: "automatic", importSource: "react" } },
        test: { name: "console", root: "console", environment: "happy-dom" },
      },
    ],
  },
});
