/**
 * Builds what a browser is sent, into `public/build`: the styles (Tailwind, and the icons), htmx, our own script, the icon
 * and the fonts, each under a name that holds a hash of its content, with `.gz` and `.br` beside the texts
 * and a `manifest.json` from plain name to URL. Does nothing where the inputs are unchanged.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, stat, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { iconStyles } from "./lib/icon-styles.ts";

const root = resolve(import.meta.dir, "..");
const outDir = join(root, "public/build");
const stampFile = join(outDir, ".inputs");
const manifestFile = join(outDir, "manifest.json");
const urlPrefix = "/assets/";
/** A running server may still hand out the last build's names: files are kept this long after they fall out. */
const keepOldMs = 86_400_000;

interface Face {
  readonly family: string;
  readonly file: string;
  readonly name: string;
  readonly weight: string;
  readonly range: string;
}

const latin =
  "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD";
const latinExtended =
  "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF";
const arabic =
  "U+0600-06FF,U+0750-077F,U+0870-08FF,U+200C-200E,U+2010-2011,U+204F,U+2E41,U+FB50-FDFF,U+FE70-FEFC";
const devanagari = "U+0900-097F,U+1CD0-1CF9,U+200C-200D,U+20A8,U+20B9,U+25CC,U+A830-A839,U+A8E0-A8FF";

const interDir = "@fontsource-variable/inter/files/inter";
const nastaliqDir = "@fontsource/noto-nastaliq-urdu/files/noto-nastaliq-urdu-arabic";
const devanagariDir = "@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari";

/** Stylesheet to its faces. A browser fetches a face of `languages.css` only for text marked as of that language. */
const faces: Readonly<Record<"app.css" | "languages.css", readonly Face[]>> = {
  "app.css": [
    {
      family: "Inter Variable",
      file: `${interDir}-latin-wght-normal.woff2`,
      name: "inter-latin",
      weight: "100 900",
      range: latin,
    },
    {
      family: "Inter Variable",
      file: `${interDir}-latin-ext-wght-normal.woff2`,
      name: "inter-latin-ext",
      weight: "100 900",
      range: latinExtended,
    },
  ],
  "languages.css": [
    {
      family: "Noto Nastaliq Urdu",
      file: `${nastaliqDir}-400-normal.woff2`,
      name: "nastaliq-400",
      weight: "100 549",
      range: arabic,
    },
    {
      family: "Noto Nastaliq Urdu",
      file: `${nastaliqDir}-600-normal.woff2`,
      name: "nastaliq-600",
      weight: "550 900",
      range: arabic,
    },
    {
      family: "Noto Sans Devanagari",
      file: `${devanagariDir}-400-normal.woff2`,
      name: "devanagari-400",
      weight: "100 549",
      range: devanagari,
    },
    {
      family: "Noto Sans Devanagari",
      file: `${devanagariDir}-600-normal.woff2`,
      name: "devanagari-600",
      weight: "550 900",
      range: devanagari,
    },
  ],
};

await main();

async function main(): Promise<void> {
  const startedAt = performance.now();
  const fingerprint = await inputsFingerprint();
  const force = process.argv.includes("--force");
  if (!force && existsSync(manifestFile) && (await textOf(stampFile)) === fingerprint) return;
  await mkdir(outDir, { recursive: true });
  const manifest = await build();
  await writeWhole(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  await writeWhole(stampFile, fingerprint);
  await removeOld(manifest);
  console.log(`Built the styles and scripts in ${Math.round(performance.now() - startedAt)} ms.`);
}

async function build(): Promise<Record<string, string>> {
  const manifest: Record<string, string> = {};
  const styles = compileStyles();
  for (const [sheet, list] of Object.entries(faces)) {
    let css = "";
    for (const face of list) css += await faceRule(face, manifest);
    manifest[sheet] = await publish(sheet, sheet === "app.css" ? css + (await styles) + iconStyles() : css);
  }
  const htmx = join(root, "node_modules/htmx.org/dist");
  const texts: readonly (readonly [string, ...string[]])[] = [
    // In one file: htmx looks over the page as soon as its own script has run, and what an extension that comes
    // later should have seen stays unseen (live parts that never begin).
    ["htmx.js", join(htmx, "htmx.min.js"), join(htmx, "ext/hx-sse.min.js")],
    ["wardline.js", join(root, "public/wardline.js")],
    ["icon.svg", join(root, "public/icon.svg")],
  ];
  for (const [name, ...files] of texts) {
    const parts = await Promise.all(files.map((file) => Bun.file(file).text()));
    // The maps that the libraries' files point to are not shipped.
    const text = parts.map((part) => part.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n"));
    manifest[name] = await publish(name, text.join(""));
  }
  return manifest;
}

/** One rule for a face, its file published; the URL is relative to the stylesheet. */
async function faceRule(face: Face, manifest: Record<string, string>): Promise<string> {
  const bytes = new Uint8Array(await Bun.file(join(root, "node_modules", face.file)).arrayBuffer());
  const url = await publish(`${face.name}.woff2`, bytes);
  manifest[`${face.name}.woff2`] = url;
  const source = `url(./${url.slice(urlPrefix.length)}) format("woff2")`;
  return `@font-face{font-family:"${face.family}";font-style:normal;font-display:swap;font-weight:${face.weight};src:${source};unicode-range:${face.range}}\n`;
}

async function compileStyles(): Promise<string> {
  const cli = join(root, "node_modules/@tailwindcss/cli/dist/index.mjs");
  const command = [process.execPath, cli, "--input", "views/styles/app.css", "--minify"];
  const run = Bun.spawn(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [css, complaint, code] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  if (code !== 0) throw new Error(`The styles could not be built:\n${complaint}`);
  return css;
}

/** Writes a file under its hashed name, with compressed copies of texts beside it; answers its URL. */
async function publish(name: string, content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const dot = name.lastIndexOf(".");
  const hash = new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 12);
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  const file = join(outDir, hashed);
  if (!existsSync(file)) {
    if (typeof content === "string") {
      const bytes = Buffer.from(content);
      await writeWhole(`${file}.gz`, Bun.gzipSync(bytes, { level: 9 }));
      await writeWhole(
        `${file}.br`,
        brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
      );
    }
    await writeWhole(file, content);
  }
  return urlPrefix + hashed;
}

/** A reader sees the whole file or none of it, also where two builds run at once. */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.draft`;
  await Bun.write(draft, content);
  await rename(draft, file);
}

async function removeOld(manifest: Readonly<Record<string, string>>): Promise<void> {
  const current = Object.values(manifest).map((url) => url.slice(urlPrefix.length));
  for (const name of await readdir(outDir)) {
    if (name === "manifest.json" || name === ".inputs" || current.some((kept) => name.startsWith(kept)))
      continue;
    const file = join(outDir, name);
    if (Date.now() - (await stat(file)).mtimeMs > keepOldMs) await unlink(file);
  }
}

/** A hash of everything that the result depends on: our files by content, the packages by the lock file. */
async function inputsFingerprint(): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const files = [
    "bun.lock",
    "bin/build-css.ts",
    "bin/lib/icon-styles.ts",
    "public/wardline.js",
    "public/icon.svg",
  ];
  for await (const file of new Bun.Glob("**/*.{ts,tsx,css}").scan({ cwd: join(root, "views") }))
    files.push(join("views", file));
  const contents = await Promise.all(
    files.toSorted().map(async (file) => `${file}\n${await textOf(join(root, file))}\n`),
  );
  for (const content of contents) hasher.update(content);
  return hasher.digest("hex");
}

async function textOf(file: string): Promise<string> {
  return existsSync(file) ? await Bun.file(file).text() : "";
}
