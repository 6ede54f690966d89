// A headless Chromium that talks to one server only, and that remembers what it saw.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function start_chromium() {
  const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(
      `chromium: ${executablePath} does not exist; install chromium or name one with CHROMIUM=path`,
    );
  }
  return chromium.launch({ executablePath, args: flags, chromiumSandbox: false });
}

/** A fresh page of its own profile. `seen` fills with what must not happen. */
export async function open_page(browser, origin, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const seen = { foreign_requests: [], console_errors: [], page_errors: [], requests: [] };
  context.on("request", (request) => {
    const address = request.url();
    seen.requests.push(address);
    if (!/^(data|blob|about):/.test(address) && new URL(address).origin !== origin) {
      seen.foreign_requests.push(address);
    }
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      seen.console_errors.push(`${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => seen.page_errors.push(error.message));
  return { page, context, seen };
}

/**
 * Asks until the answer is true. Playwright's own waiting evaluates strings in the page, which the
 * page's content security policy rightly forbids.
 */
export async function until(condition, problem, limit_ms = 10_000) {
  const end = performance.now() + limit_ms;
  while (performance.now() < end) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${problem} (waited ${limit_ms} ms)`);
}
