import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Everything the window needs is bundled: no address outside the application is ever loaded.
export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  build: {
    target: "safari16",
    chunkSizeWarningLimit: 1500,
    assetsInlineLimit: 0,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test_setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
