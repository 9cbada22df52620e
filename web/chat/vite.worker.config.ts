import { defineConfig } from "vite";

// The service worker that shows pushes: one plain file with a fixed name, no imports.
export default defineConfig({
  build: {
    outDir: "../../server/pocketdesk/app/static/chat",
    emptyOutDir: false,
    target: "es2020",
    lib: { entry: "src/worker.ts", formats: ["iife"], name: "Pocketdesk", fileName: () => "worker.js" },
  },
});
