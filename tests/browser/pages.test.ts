import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Page as BrowserPage } from "playwright-core";
import type { App } from "../../server/app.ts";
import { testApp } from "../support/app.ts";
import { browserPath, type OpenBrowser, openBrowser, type ServedApp, serve } from "../support/browser.ts";
import { type Look, lookAtAll, Onlookers } from "./looking.ts";
import { demoOf, type Scene, type Visit } from "./scene.ts";
import { type Portal, scenesOf, visitsOf } from "./visits.ts";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What depends on colours and room; all else is as it was on the same page in another theme or width. */
const ofLooks = ["color-contrast", "target-size", "scrollable-region-focusable", "meta-viewport"];
/** What depends on words and direction. */
const ofWords = [
  "html-has-lang",
  "valid-lang",
  "button-name",
  "link-name",
  "label",
  "document-title",
  "image-alt",
];

interface Judged {
  readonly look: Look;
  /** All rules, some by name, or none: then only whether the page scrolls sideways. */
  readonly rules: "all" | readonly string[];
}

/** A page is asked for once in each language; the other theme and width are put on it as it stands. */
const asked: readonly (readonly [Judged, Judged])[] = [
  [
    { look: { language: "en", theme: "light", width: 1280 }, rules: "all" },
    { look: { language: "en", theme: "dark", width: 360 }, rules: ofLooks },
  ],
  [
    { look: { language: "ur", theme: "dark", width: 1280 }, rules: ofWords },
    { look: { language: "ur", theme: "light", width: 360 }, rules: [] },
  ],
];

let app: App;
let scenes: Readonly<Record<Portal, Scene>>;
let served: ServedApp;
let browser: OpenBrowser;
const withBrowser = test.skipIf(browserPath === null);

beforeAll(async () => {
  if (browserPath === null) return;
  const cast = await testApp();
  app = demoOf(cast);
  scenes = await scenesOf(cast, app);
  served = serve(app);
  browser = await openBrowser();
}, 240_000);

afterAll(async () => {
  if (browserPath === null) return;
  await browser.close();
  await served.close();
});

/** While the app answers one, the browser looks at another; more would only take turns. */
const tabs = 2;

/** Asked of no host: what a page holds itself, and the browser's own viewer of PDFs. */
const ofNoHost: ReadonlySet<string> = new Set(["data:", "chrome:", "chrome-extension:"]);

/** What is wrong with the page that is open, in a theme: axe's findings, sideways scrolling. All in one turn. */
function faultsOf(tab: BrowserPage, { look, rules }: Judged): Promise<string[]> {
  const only = rules === "all" ? { type: "tag", values: tags } : { type: "rule", values: rules };
  return tab.evaluate(
    async ([theme, runOnly]) => {
      const { dataset } = document.documentElement;
      if (dataset["theme"] !== theme) dataset["theme"] = theme;
      // The guide to the API says the same of hundreds of routes: the first ones stand for all.
      for (const [n, one] of document.querySelectorAll(".docs-operation").entries()) if (n > 8) one.remove();
      const checker = Reflect.get(window, "axe") as {
        run: (options: object) => Promise<{
          violations: { id: string; nodes: { target: string[]; any: { message: string }[] }[] }[];
        }>;
      };
      const { violations } =
        runOnly.values.length === 0
          ? { violations: [] }
          : await checker.run({ runOnly, resultTypes: ["violations"], preload: false });
      const faults = violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map((node) => `${node.target.join(" ")} (${node.any[0]?.message ?? "see the rule"})`)
            .slice(0, 3)
            .join(", ")}`,
      );
      const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      if (wider > 1) faults.push(`scrolls sideways by ${wider} px`);
      return faults;
    },
    [look.theme, only] as const,
  );
}

/** Looks at one page in one language, both themes and widths. */
async function see(tab: BrowserPage, url: string, ways: readonly Judged[]): Promise<string[]> {
  const faults: string[] = [];
  for (const [n, way] of ways.entries()) {
    const { language, theme, width } = way.look;
    await tab.setViewportSize({ width, height: 800 });
    if (n === 0) {
      const response = await tab.goto(url);
      if (response?.status() !== 200) faults.push(`answered ${response?.status()}`);
      if (tab.url() !== url) faults.push(`led to ${tab.url()}`);
    }
    for (const fault of await faultsOf(tab, way))
      faults.push(`(${language}, ${theme}, ${width} px): ${fault}`);
  }
  return faults;
}

for (const portal of ["hospital", "owner"] as const)
  withBrowser(
    `every ${portal} page holds to WCAG 2.2 AA in both themes, both directions and on a phone, and asks no other host`,
    async () => {
      const scene = scenes[portal];
      const onlookers = new Onlookers(browser, scene, served.port);
      const visits = visitsOf(app, portal, scene);
      const faults: string[] = [];
      const heard = new WeakSet<BrowserPage>();
      const equip = async (tab: BrowserPage): Promise<void> => {
        if (heard.has(tab)) return;
        heard.add(tab);
        // Once a tab: it is sent and compiled once for all of the tab's pages.
        await tab.addInitScript(axe);
        tab.on("request", (request) => {
          const { hostname, protocol } = new URL(request.url());
          if (!ofNoHost.has(protocol) && hostname !== scene.host) faults.push(`asked ${hostname}`);
        });
        tab.on("console", (message) => {
          if (/Content.Security.Policy|Refused to/i.test(message.text()))
            faults.push(`${tab.url()}: ${message.text()}`);
        });
        tab.on("pageerror", (error) => faults.push(`${tab.url()}: ${error.message}`));
      };
      for (const ways of asked)
        await lookAtAll(onlookers, visits, ways[0].look, tabs, async (tab, visit: Visit) => {
          await equip(tab);
          const { path, as } = visit;
          // Every second page from the phone's width to the desk's: the tab has that width already.
          const inTurn = visits.indexOf(visit) % 2 === 0 ? ways : ways.toReversed();
          for (const fault of await see(tab, onlookers.addressOf(path), inTurn))
            faults.push(`${path} (${as}) ${fault}`);
        });
      expect(faults).toEqual([]);
      expect(visits.length).toBeGreaterThan(20);
    },
    420_000,
  );
