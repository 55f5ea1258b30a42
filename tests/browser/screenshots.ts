/**
 * `bun run screenshots [folder] [only]`: opens every page of both portals, as those who see them, and takes
 * its picture in both themes, two widths and two directions. `--readme` takes those of docs/screenshots alone;
 * `--looks=en-light-1280,ur-light-1280` takes some of the looks.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { testApp } from "../support/app.ts";
import { openBrowser, serve } from "../support/browser.ts";
import { type Look, lookAtAll, Onlookers } from "./looking.ts";
import { demoOf } from "./scene.ts";
import { type Portal, scenesOf, visitsOf } from "./visits.ts";

const given = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const readme = process.argv.includes("--readme");
const asked = process.argv.find((argument) => argument.startsWith("--looks="))?.slice("--looks=".length);
const root = resolve(import.meta.dir, "../..");
const folder = resolve(
  given[0] ?? (readme ? join(root, "docs/screenshots") : join(root, ".data/screenshots")),
);
const only = given[1] ?? "";

const all: readonly Look[] = [
  { language: "en", theme: "light", width: 1280 },
  { language: "en", theme: "dark", width: 1280 },
  { language: "en", theme: "light", width: 360 },
  { language: "ur", theme: "dark", width: 360 },
  { language: "ur", theme: "light", width: 1280 },
];
const nameOf = ({ language, theme, width }: Look) => `${language}-${theme}-${width}`;
const looks = readme
  ? all.slice(0, 1)
  : all.filter((look) => asked?.split(",").includes(nameOf(look)) ?? true);

const forReadme = ["hospital-patients", "hospital-patients-id", "owner-hospitals", "owner-hospitals-new"];

const test = await testApp();
const app = demoOf(test);
const served = serve(app);
const browser = await openBrowser();
const scenes = await scenesOf(test, app);
await mkdir(folder, { recursive: true });
for (const portal of ["hospital", "owner"] satisfies Portal[]) {
  const onlookers = new Onlookers(browser, scenes[portal], served.port);
  const visits = visitsOf(app, portal, scenes[portal]).filter(({ name }) =>
    readme
      ? forReadme.includes(`${portal}-${name}`)
      : only.split(",").some((part) => `${portal}-${name}`.includes(part)),
  );
  for (const look of looks)
    await lookAtAll(onlookers, visits, look, 2, async (tab, { path, name }) => {
      await tab.goto(onlookers.addressOf(path));
      const file = readme ? `${portal}-${name}.png` : `${portal}-${name}.${nameOf(look)}.png`;
      await tab.screenshot({ path: join(folder, file), fullPage: !readme });
    });
}
await browser.close();
await served.close();
console.log(`Pictures are in ${folder}.`);
process.exit(0);
