import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Page as BrowserPage } from "playwright-core";
import { type TestApp, testApp } from "../support/app.ts";
import { browserPath, type OpenBrowser, openBrowser, type ServedApp, serve } from "../support/browser.ts";
import { emailOf, ownerEmail, password } from "../support/cast.ts";
import { pagesToVisit } from "./visits.ts";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface Look {
  readonly language: "en" | "ur";
  readonly theme: "light" | "dark";
  readonly width: number;
}

const looks: readonly Look[] = [
  { language: "en", theme: "light", width: 1280 },
  { language: "en", theme: "dark", width: 360 },
  { language: "ur", theme: "dark", width: 1280 },
  { language: "ur", theme: "light", width: 360 },
];

let app: TestApp;
let served: ServedApp;
let browser: OpenBrowser;
const withBrowser = test.skipIf(browserPath === null);

beforeAll(async () => {
  if (browserPath === null) return;
  app = await testApp();
  served = serve(app.app);
  browser = await openBrowser();
});

afterAll(async () => {
  if (browserPath === null) return;
  await browser.close();
  await served.close();
});

const addressOf = (host: string, path: string) => `http://${host}:${served.port}${path}`;

async function signIn(page: BrowserPage, host: string, email: string): Promise<void> {
  await page.goto(addressOf(host, "/sign-in"));
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForURL(addressOf(host, "/")), page.press("input[name=password]", "Enter")]);
}

/** What is wrong with the page that is open: axe's findings, sideways scrolling. */
async function faultsOf(page: BrowserPage): Promise<string[]> {
  const faults: string[] = [];
  const found = await page.evaluate(async (tags) => {
    const checker = Reflect.get(window, "axe") as {
      run: (options: object) => Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
    };
    const { violations } = await checker.run({ runOnly: { type: "tag", values: tags } });
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map((node) => node.target.join(" "))
          .slice(0, 3)
          .join(", ")}`,
    );
  }, rules);
  faults.push(...found);
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wider > 1) faults.push(`scrolls sideways by ${wider} px`);
  return faults;
}

for (const plane of ["hospital", "owner"] as const)
  withBrowser(
    `every ${plane} page holds to WCAG 2.2 AA in both themes, both directions and on a phone, and asks no other host`,
    async () => {
      const host = plane === "owner" ? "owner.localhost" : app.abdullah.host;
      const page = await browser.context.newPage();
      const faults: string[] = [];
      page.on("request", (request) => {
        const { hostname, protocol } = new URL(request.url());
        if (protocol !== "data:" && hostname !== host) faults.push(`asked ${hostname}`);
      });
      page.on("console", (message) => {
        if (/Content.Security.Policy|Refused to/i.test(message.text()))
          faults.push(`${page.url()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
      await signIn(page, host, plane === "owner" ? ownerEmail : emailOf("admin", "abdullah"));
      const visits = await pagesToVisit(app, plane);
      for (const { language, theme, width } of looks) {
        await browser.context.addCookies([
          { name: "wardline_lang", value: language, url: addressOf(host, "/") },
          { name: "wardline_theme", value: theme, url: addressOf(host, "/") },
        ]);
        await page.setViewportSize({ width, height: 800 });
        for (const path of visits) {
          const response = await page.goto(addressOf(host, path));
          if (response?.status() !== 200) faults.push(`${path} answered ${response?.status()}`);
          await page.evaluate(axe);
          for (const fault of await faultsOf(page))
            faults.push(`${path} (${language}, ${theme}, ${width} px): ${fault}`);
        }
      }
      await page.close();
      expect(faults).toEqual([]);
      expect(visits.length).toBeGreaterThan(2);
    },
    240_000,
  );
