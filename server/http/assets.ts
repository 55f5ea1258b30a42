import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Assets } from "../../views/page.ts";

const folder = join(import.meta.dir, "../../public/build");

let urls: Assets | null = null;

/** From plain names to the addresses of the built files. @throws where `bun run css` has not run. */
export function assetUrls(): Assets {
  if (urls !== null) return urls;
  const manifest = join(folder, "manifest.json");
  if (!existsSync(manifest)) throw new Error("The styles and scripts are not built: run `bun run css`.");
  const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  if (typeof parsed !== "object" || parsed === null)
    throw new Error("public/build/manifest.json is not an object.");
  urls = Object.fromEntries(Object.entries(parsed).map(([name, file]) => [name, String(file)]));
  return urls;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
  map: "application/json",
};

interface Built {
  readonly plain: Bun.BunFile;
  readonly gzip: Bun.BunFile | null;
  readonly type: string;
}

const built = new Map<string, Built | null>();

function find(name: string): Built | null {
  const known = built.get(name);
  if (known !== undefined) return known;
  const path = join(folder, name);
  const file = existsSync(path)
    ? {
        plain: Bun.file(path),
        gzip: existsSync(`${path}.gz`) ? Bun.file(`${path}.gz`) : null,
        type: types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
      }
    : null;
  if (built.size < 500) built.set(name, file);
  return file;
}

/** A built file. Its name holds a hash of what is in it, so that browsers may keep it for ever. */
export function serveAsset(request: Request, pathname: string): Response {
  const name = pathname.slice("/assets/".length);
  const file = /^[A-Za-z0-9._-]+$/.test(name) && !name.startsWith(".") ? find(name) : null;
  if (file === null || (request.method !== "GET" && request.method !== "HEAD"))
    return new Response("Not found", { status: 404 });
  const headers: Record<string, string> = {
    "content-type": file.type,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  };
  const zipped = file.gzip !== null && (request.headers.get("accept-encoding") ?? "").includes("gzip");
  if (zipped) headers["content-encoding"] = "gzip";
  return new Response(zipped && file.gzip !== null ? file.gzip : file.plain, { headers });
}
