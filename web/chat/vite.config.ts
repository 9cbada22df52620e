import { defineConfig } from "vite";

// The chat page runs in whatever web view a phone has: about four years back.
export default defineConfig({
  base: "/static/chat/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../server/pocketdesk/app/static/chat",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Naming those browsers here too would turn private members into WeakMaps, for a Safari without static blocks.
    target: "es2022",
    cssTarget: ["chrome100", "safari15.4", "firefox100"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: "src/main.tsx" },
  },
});
