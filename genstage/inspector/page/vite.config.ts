import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** What the page carries that others wrote; their licences ask to travel with it. */
const carried = [
  "svelte",
  "@fontsource-variable/source-sans-3",
  "@dagrejs/dagre",
  "@dagrejs/graphlib",
];

function read_licence(name: string): string {
  for (const file of ["LICENSE.md", "LICENSE"]) {
    try {
      return readFileSync(new URL(`node_modules/${name}/${file}`, import.meta.url), "utf8");
    } catch {
      // The next name is tried; packages do not agree on one.
    }
  }
  throw new Error(`${name}: no licence file was found in its package; the page was not built`);
}

function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const source = carried
        .map((name) => `${name}\n\n${read_licence(name).trim()}\n`)
        .join("\n\n");
      this.emitFile({ type: "asset", fileName: "assets/licences.txt", source });
    },
  };
}

// File names carry no hash: the program embeds files whose names it knows, and an ETag tells
// browsers when one has changed.
export default defineConfig({
  plugins: [svelte(), licences()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        inlineDynamicImports: true,
        entryFileNames: "assets/app.js",
        assetFileNames: (file) => {
          const is_style = file.names.some((name) => name.endsWith(".css"));
          return is_style ? "assets/app.css" : "assets/[name][extname]";
        },
      },
    },
  },
  worker: {
    format: "es",
    rollupOptions: { output: { entryFileNames: "assets/worker.js" } },
  },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8042" } },
});
