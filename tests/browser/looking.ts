import type { BrowserContext, Page as BrowserPage } from "playwright-core";
import type { OpenBrowser } from "../support/browser.ts";
import type { Scene, Visit } from "./scene.ts";

export interface Look {
  readonly language: "en" | "ur";
  readonly theme: "light" | "dark";
  readonly width: number;
}

/** Whoever looks at one portal, each in a browser of their own. */
export class Onlookers {
  readonly #browser: OpenBrowser;
  readonly #scene: Scene;
  readonly #port: number;
  readonly #contexts = new Map<string, Promise<BrowserContext>>();

  constructor(browser: OpenBrowser, scene: Scene, port: number) {
    this.#browser = browser;
    this.#scene = scene;
    this.#port = port;
  }

  addressOf(path: string): string {
    return `http://${this.#scene.host}:${this.#port}${path}`;
  }

  async #open(seat: string): Promise<BrowserContext> {
    const client = this.#scene.seats.get(seat);
    if (client === undefined) throw new Error(`Nobody sits at ${seat}.`);
    const context = await this.#browser.newContext();
    const url = this.addressOf("/");
    await context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, url })));
    return context;
  }

  /** The seat's browser, set to a language and a theme. */
  async contextFor(seat: string, { language, theme }: Look): Promise<BrowserContext> {
    const opened = this.#contexts.get(seat) ?? this.#open(seat);
    this.#contexts.set(seat, opened);
    const context = await opened;
    const url = this.addressOf("/");
    await context.addCookies([
      { name: "wardline_lang", value: language, url },
      { name: "wardline_theme", value: theme, url },
    ]);
    return context;
  }
}

/** Works through the visits with as many tabs at a time, those of one seat in a row. */
export async function lookAtAll(
  onlookers: Onlookers,
  visits: readonly Visit[],
  look: Look,
  tabs: number,
  see: (tab: BrowserPage, visit: Visit) => Promise<void>,
): Promise<void> {
  const waiting = [...visits];
  const work = async (): Promise<void> => {
    let tab: BrowserPage | null = null;
    let seat = "";
    for (let visit = waiting.shift(); visit !== undefined; visit = waiting.shift()) {
      if (tab === null || seat !== visit.as) {
        await tab?.close();
        tab = await (await onlookers.contextFor(visit.as, look)).newPage();
        await tab.setViewportSize({ width: look.width, height: look.width > 500 ? 800 : 740 });
        seat = visit.as;
      }
      await see(tab, visit);
    }
    await tab?.close();
  };
  await Promise.all(Array.from({ length: tabs }, work));
}
