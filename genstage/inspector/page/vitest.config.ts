import { defineConfig } from "vitest/config";

// Apart from the configuration of the build, which also runs where no test tool is installed.
export default defineConfig({
  test: { include: ["source/**/*_test.ts"], environment: "node" },
});
