/**
 * A gallery of the pages' parts, to look at: `bun run tests/browser/gallery.tsx [folder] [only]` renders
 * example pages in both themes, three languages and two widths, takes a picture of each, and reports what
 * axe finds (WCAG 2.2 AA), what scrolls sideways and what the Content-Security-Policy refused.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Page as BrowserPage, chromium } from "playwright-core";
import { catalogue } from "../../views/messages/catalogue.ts";
import { directionOf, type Language, type Page, type Theme } from "../../views/page.ts";
import { type Example, examples } from "./gallery-pages.tsx";

const folder = resolve(process.argv[2] ?? ".data/gallery");
const only = process.argv[3] ?? "";
const root = resolve(import.meta.dir, "../..");
const assets = (await Bun.file(join(root, "public/build/manifest.json")).json()) as Record<string, string>;
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

interface Variant {
  readonly lang: Language;
  readonly theme: Theme;
  readonly width: number;
}

const variants: readonly Variant[] = [
  { lang: "en", theme: "light", width: 1280 },
  { lang: "en", theme: "dark", width: 1280 },
  { lang: "en", theme: "light", width: 360 },
  { lang: "en", theme: "dark", width: 360 },
  { lang: "ur", theme: "light", width: 1280 },
  { lang: "ur", theme: "dark", width: 1280 },
  { lang: "ur", theme: "light", width: 360 },
  { lang: "ur", theme: "dark", width: 360 },
  { lang: "hi", theme: "light", width: 1280 },
  { lang: "hi", theme: "light", width: 360 },
  { lang: "en", theme: "light", width: 800 },
];

function pageOf(example: Example, lang: Language, theme: Theme): Page {
  const t = catalogue[lang];
  const owner = example.portal === "owner";
  const item = (key: keyof typeof t.nav, icon: Page["menu"][number]["icon"]) => {
    return { key, href: `/${key}`, label: t.nav[key], icon, current: key === example.menuKey };
  };
  return {
    t,
    lang,
    dir: directionOf(lang),
    hospital: null,
    theme,
    portal: example.portal,
    brand: { name: owner ? "Wardline" : "Abdullah General Hospital" },
    path: "/",
    csrf: "example",
    person:
      example.signedOut === true
        ? null
        : { name: "Dr Ayesha Siddiqui", email: "doctor@abdullah.example", roleName: "Doctor" },
    menu: owner
      ? [
          item("hospitals", "building-2"),
          item("plans", "credit-card"),
          item("health", "heart-pulse"),
          item("jobs", "list-checks"),
          item("docs", "book-open"),
        ]
      : [
          item("home", "house"),
          item("patients", "users"),
          item("import", "file-up"),
          item("users", "id-card"),
          item("roles", "shield-check"),
          item("departments", "network"),
          item("settings", "settings"),
        ],
    search:
      example.signedOut === true
        ? null
        : { action: "/patients", value: "", label: owner ? t.shell.searchHospitals : t.shell.searchPatients },
    notices: null,
    zone: "Asia/Karachi",
    currency: "PKR",
    now: new Date("2026-11-21T09:30:00Z"),
    assets,
    demo: !owner,
    toast: example.toast?.(t) ?? null,
    syncChip: owner
      ? null
      : { state: "behind", pendingRows: 12, copiedAt: new Date("2026-11-21T09:16:00Z"), href: "/sync" },
    profileHref: "/profile",
  };
}

const server = Bun.serve({
  port: 0,
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/assets/"))
      return new Response(Bun.file(join(root, "public/build", url.pathname.slice(8))));
    if (url.pathname === "/steps") {
      return new Response("data: <p class='faint'>Live</p>\n\nevent: close\ndata: end\n\n", {
        headers: { "content-type": "text/event-stream" },
      });
    }
    const example = examples.find((candidate) => `/${candidate.name}` === url.pathname);
    if (example === undefined) return new Response("", { status: 404 });
    const page = pageOf(
      example,
      (url.searchParams.get("lang") ?? "en") as Language,
      (url.searchParams.get("theme") ?? "light") as Theme,
    );
    return new Response(await example.render(page), {
      headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
    });
  },
});

await mkdir(folder, { recursive: true });
const axe = await Bun.file(join(root, "node_modules/axe-core/axe.min.js")).text();
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
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
let faults = 0;
for (const variant of variants) {
  const context = await browser.newContext({
    viewport: { width: variant.width, height: variant.width < 500 ? 780 : 860 },
  });
  const tab = await context.newPage();
  for (const example of examples) {
    const label = `${example.name}-${variant.lang}-${variant.theme}-${variant.width}`;
    if (!label.includes(only)) continue;
    faults += await inspect(tab, example, variant, label);
  }
  await context.close();
}
if (process.argv[4] === "serve") {
  console.log(server.port);
  await new Promise(() => {});
}
await browser.close();
await server.stop(true);
console.log(faults === 0 ? "No faults." : `${faults} faults.`);
process.exit(faults === 0 ? 0 : 1);

async function inspect(tab: BrowserPage, example: Example, variant: Variant, label: string): Promise<number> {
  const complaints: string[] = [];
  const listen = (message: { type(): string; text(): string }) => {
    if (message.type() === "error") complaints.push(message.text());
  };
  tab.on("console", listen);
  await tab.goto(
    `http://localhost:${server.port}/${example.name}?lang=${variant.lang}&theme=${variant.theme}`,
    { waitUntil: "load" },
  );
  await tab.evaluate("document.fonts.ready.then(() => true)");
  if (example.before !== undefined) await example.before(tab);
  await tab.screenshot({ path: join(folder, `${label}.png`), fullPage: example.fullPage === true });
  // Through the debugger, so that the page's own policy need not allow it.
  await tab.evaluate(axe);
  const found = (await tab.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((result) => result.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? n.all[0]?.message ?? "")).slice(0, 3).join(" | ")))`,
  )) as string[];
  const sideways = (await tab.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  )) as number;
  tab.off("console", listen);
  const problems = [...found, ...complaints, ...(sideways > 0 ? [`scrolls sideways by ${sideways}px`] : [])];
  for (const problem of problems) console.log(`${label}: ${problem}`);
  return problems.length;
}
