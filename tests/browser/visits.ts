import type { App } from "../../server/app.ts";
import type { TestApp } from "../support/app.ts";
import { hospitalScene } from "./hospital-scene.ts";
import { ownerScene } from "./owner-scene.ts";
import type { Scene, Visit } from "./scene.ts";

/** Routes that answer with something other than a page of ours: a file, a stream, a fragment, another's pages. */
const notPages = /^\/(jobs(\/|$)|docs\/|api\/)|\.(csv|json|ndjson)$|\/(events|state)$|\*/;

export type Portal = "hospital" | "owner";

/** Both portals with rows in every room, and who looks. */
export async function scenesOf(test: TestApp, app: App): Promise<Readonly<Record<Portal, Scene>>> {
  const hospital = await hospitalScene(test, app);
  return { hospital, owner: await ownerScene(test, app) };
}

const nameOf = (path: string) =>
  path
    .replace(/\?.*/, "")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id")
    .replace(/(?<=invitations\/).*/, "token")
    .replaceAll(/[^a-z0-9]+/gi, "-")
    .replace(/^-|-$/g, "") || "home";

/** Every page of a portal that can be opened by its address. @throws where a new route's ids are not known. */
export function visitsOf(app: App, portal: Portal, { ids, more, seats }: Scene): Visit[] {
  const most = [...seats.keys()][0] ?? "";
  const paths = app.routes
    .filter((route) => route.portal === portal && route.method === "GET" && !notPages.test(route.path))
    // The pages of signing in lead someone who is signed in on to the home page.
    .filter(({ path }) => !/^\/sign-in(\/|$)/.test(path))
    .flatMap(({ path }) => {
      const whole = ids[path];
      if (whole !== undefined) return whole;
      if (!path.includes(":")) return [path];
      const id = ids[path.split("/")[1] ?? ""];
      if (typeof id !== "string" || path.split(":").length > 2)
        throw new Error(`${path} has no ids in the scenes of tests/browser.`);
      return [path.replace(/\/:[A-Za-z]+/, id)];
    });
  const all = [
    ...[...new Set(paths)].map((path) => ({ path, as: most })),
    ...Object.entries(more).flatMap(([as, seen]) => seen.map((path) => ({ path, as }))),
  ];
  const taken = new Map<string, number>();
  return all.map(({ path, as }) => {
    const name = as === most ? nameOf(path) : `${nameOf(path)}-${as}`;
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return { path, as, name: times === 1 ? name : `${name}-${times}` };
  });
}
