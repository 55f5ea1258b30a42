import { existsSync } from "node:fs";
import { type BrowserContext, chromium } from "playwright-core";
import type { App } from "../../server/app.ts";

const programs = [
  // Without windows that nobody sees: a quarter faster.
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The browser of this machine, or null: then browser tests are skipped, and `bin/test` says so. */
export const browserPath =
  process.env["WARDLINE_BROWSER"] ??
  programs.map((name) => Bun.which(name)).find((path) => path !== null) ??
  applications.find((path) => existsSync(path)) ??
  null;

export interface OpenBrowser {
  readonly context: BrowserContext;
  /** Another person's: with cookies of their own. */
  newContext(): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** A headless browser without a past that asks nobody for anything by itself. */
export async function openBrowser(): Promise<OpenBrowser> {
  if (browserPath === null) throw new Error("There is no browser on this machine.");
  const browser = await chromium.launch({
    executablePath: browserPath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    context: await browser.newContext(),
    newContext: () => browser.newContext({ reducedMotion: "reduce" }),
    close: () => browser.close(),
  };
}

export interface ServedApp {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the app on a free port of this machine, for a browser to visit. */
export function serve(app: App): ServedApp {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    fetch: (request, self) => app.handle(request, self.requestIP(request)?.address ?? null),
  });
  return { port: server.port ?? 0, close: () => server.stop(true) };
}
