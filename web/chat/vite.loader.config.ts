import { defineConfig } from "vite";

// The script that a web page includes: one plain file with a fixed name, no imports.
export default defineConfig({
  build: {
    outDir: "../../server/pocketdesk/app/static/chat",
    emptyOutDir: false,
    target: "es2020",
    lib: { entry: "src/loader.ts", formats: ["iife"], name: "Pocketdesk", fileName: () => "loader.js" },
  },
});
