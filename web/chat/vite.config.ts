import { defineConfig } from "vite";

// The chat page runs in whatever web view a phone has: about four years back.
export default defineConfig({
  base: "/static/chat/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../server/pocketdesk/app/static/chat",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: ["es2022", "chrome100", "safari15.4", "firefox100"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: "src/main.tsx" },
  },
});
