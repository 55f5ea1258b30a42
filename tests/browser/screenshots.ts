/**
 * `bun run screenshots [folder] [only]`: opens every page of both portals as the admin and the owner and takes
 * its picture in both themes, two widths and two directions. `--readme` takes those of docs/screenshots alone.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page as BrowserPage } from "playwright-core";
import { type TestApp, testApp } from "../support/app.ts";
import { openBrowser, serve } from "../support/browser.ts";
import { emailOf, ownerEmail, password } from "../support/cast.ts";
import { pagesToVisit } from "./visits.ts";

const given = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const readme = process.argv.includes("--readme");
const root = resolve(import.meta.dir, "../..");
const folder = resolve(
  given[0] ?? (readme ? join(root, "docs/screenshots") : join(root, ".data/screenshots")),
);
const only = given[1] ?? "";

interface Look {
  readonly language: string;
  readonly theme: string;
  readonly width: number;
}

const looks: readonly Look[] = [
  { language: "en", theme: "light", width: 1280 },
  { language: "en", theme: "dark", width: 1280 },
  { language: "en", theme: "light", width: 360 },
  { language: "ur", theme: "dark", width: 360 },
  { language: "ur", theme: "light", width: 1280 },
];

const forReadme = ["/patients", "/patients/:id", "/hospitals", "/hospitals/new"];

const app: TestApp = await testApp();
const served = serve(app.app);
const browser = await openBrowser();
const at = (host: string, path: string) => `http://${host}:${served.port}${path}`;

async function signIn(page: BrowserPage, host: string, email: string): Promise<void> {
  await page.goto(at(host, "/sign-in"));
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForURL(at(host, "/")), page.press("input[name=password]", "Enter")]);
}

const nameOf = (path: string) =>
  path
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id")
    .replaceAll(/[^a-z0-9]+/gi, "-")
    .replace(/^-|-$/g, "") || "home";

await mkdir(folder, { recursive: true });
for (const plane of ["hospital", "owner"] as const) {
  const host = plane === "owner" ? "owner.localhost" : app.abdullah.host;
  const page = await browser.context.newPage();
  await signIn(page, host, plane === "owner" ? ownerEmail : emailOf("admin", "abdullah"));
  const paths = await pagesToVisit(app, plane);
  for (const { language, theme, width } of readme ? looks.slice(0, 1) : looks) {
    await browser.context.addCookies([
      { name: "wardline_lang", value: language, url: at(host, "/") },
      { name: "wardline_theme", value: theme, url: at(host, "/") },
    ]);
    await page.setViewportSize({ width, height: width > 500 ? 800 : 740 });
    for (const path of paths) {
      const name = nameOf(path);
      if (only !== "" && !`${plane}-${name}`.includes(only)) continue;
      if (readme && !forReadme.some((wanted) => nameOf(path) === nameOf(wanted.replace(":id", "id"))))
        continue;
      await page.goto(at(host, path));
      const file = readme ? `${plane}-${name}.png` : `${plane}-${name}.${language}-${theme}-${width}.png`;
      await page.screenshot({ path: join(folder, file), fullPage: !readme });
    }
  }
  await page.close();
}
await browser.close();
await served.close();
console.log(`Pictures are in ${folder}.`);
process.exit(0);
