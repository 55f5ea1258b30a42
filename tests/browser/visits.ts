import type { TestApp } from "../support/app.ts";

/** Routes that answer with something other than a page of ours: a file, a stream, another's pages. */
const notPages = /^\/(jobs(\/|$)|docs\/json|docs\/plugin)|\.(csv|json)$|\/(events|progress|steps)$|\*/;

/** The ids that stand for `:name` in a page's address, by the route's first part. */
type Ids = Readonly<Record<string, string>>;

async function hospitalIds(app: TestApp): Promise<Ids> {
  const admin = await app.abdullah.as("admin");
  const first = async (path: string): Promise<string> => {
    const response = await admin.get(path);
    const { items } = (await response.json()) as { items: { id: string }[] };
    return items[0]?.id ?? "";
  };
  const patient = await admin.send("/api/v1/tenant/patients", {
    json: {
      firstName: "Zainab",
      lastName: "Qureshi",
      sex: "female",
      bornOn: "1987-04-12",
      phone: "+92 300 1234567",
    },
  });
  const { id } = (await patient.json()) as { id: string };
  return {
    patients: id,
    users: await first("/api/v1/tenant/users"),
    roles: await first("/api/v1/tenant/roles"),
    departments: await first("/api/v1/tenant/departments"),
  };
}

/** Every page of a portal that can be opened by its address, with real ids in it. @throws where a route's id is not known here. */
export async function pagesToVisit(app: TestApp, portal: "hospital" | "owner"): Promise<string[]> {
  const ids: Ids = portal === "hospital" ? await hospitalIds(app) : { hospitals: app.abdullah.id };
  const paths: string[] = [];
  for (const route of app.app.routes) {
    if (
      route.portal !== portal ||
      route.method !== "GET" ||
      route.path.startsWith("/api/v1") ||
      notPages.test(route.path)
    )
      continue;
    const [, first = ""] = route.path.split("/");
    const path = route.path.replaceAll(/:[A-Za-z]+/g, () => ids[first] ?? "");
    if (path.includes("//") || path.endsWith("/") !== (route.path === "/")) continue;
    // The sign-in page leads someone who is signed in on to the home page.
    if (path !== "/sign-in") paths.push(path);
  }
  return [...new Set(paths)];
}
