import type { TestApp } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { peopleTheHospital } from "./people.ts";

/** Routes that answer with something other than a page of ours: a file, a stream, a fragment, another's pages. */
const notPages = /^\/(jobs(\/|$)|docs\/|api\/)|\.(csv|json)$|\/(events|state)$|\*/;

/** What stands for `:name` in a page's address: by the whole pattern, else by its first part. */
type Ids = Readonly<Record<string, string | readonly string[]>>;

const tabs = ["visits", "problems", "allergies", "medications", "results", "immunizations", "procedures"];

async function hospitalIds(app: TestApp): Promise<Ids> {
  const admin = await app.abdullah.as("admin");
  const first = async (path: string): Promise<string> => {
    const { items } = (await (await admin.get(path)).json()) as { items: { id: string }[] };
    return items[0]?.id ?? "";
  };
  const { patientId, importId } = await peopleTheHospital(app);
  const role = await admin.send("/api/v1/tenant/roles", {
    json: { name: "Ward clerk", permissions: ["patients:read"] },
  });
  const user = await first("/api/v1/tenant/users");
  const patients = "/api/v1/tenant/patients";
  const hidden = await app.abdullah.as("receptionist").then((desk) =>
    desk.send(patients, {
      json: { firstName: "Zara", lastName: "Malik", sex: "female", bornOn: "1988-05-04" },
    }),
  );
  const hiddenId = ((await hidden.json()) as { id: string }).id;
  await admin.send(`${patients}/${hiddenId}/restriction`, { method: "PUT", json: { reason: "a colleague" } });
  const doctor = await app.abdullah.as("doctor");
  const glass = await doctor.send(`${patients}/${hiddenId}/glass-breaks`, {
    json: { reason: "emergency", explanation: "Unconscious in the emergency room" },
  });
  const consent = await admin.send(`${patients}/${patientId}/consents`, {
    json: { purpose: "insurance", decision: "granted", givenBy: "patient", method: "written" },
  });
  const support = await (await app.owner()).send(
    `/api/v1/owner/tenants/${app.abdullah.id}/support-requests`,
    { json: { reason: "The import stopped half-way", minutes: 60 } },
  );
  const idIn = async (answer: Response) => ((await answer.json()) as { id: string }).id;
  return {
    patients: `/${patientId}`,
    "/patients/:id/:tab": tabs.map((tab) => `/patients/${patientId}/${tab}`),
    imports: `/${importId}`,
    users: `/${user}`,
    "/users/:id/:act": [`/users/${user}/suspension`],
    roles: `/${await first("/api/v1/tenant/roles")}`,
    "/roles/:id/copy": [`/roles/${await first("/api/v1/tenant/roles")}/copy`],
    "/users/imports/:id": [],
    "/invitations/:token": [],
    "/roles/:id/removal": [`/roles/${((await role.json()) as { id: string }).id}/removal`],
    departments: `/${await first("/api/v1/tenant/departments")}`,
    keys: `/${await keyIn(admin, "/api/v1/tenant/keys", "patients:read")}`,
    "/patients/:id/emergency-access": `/patients/${hiddenId}/emergency-access`,
    "/patients/:id/consents/:consentId/withdrawal": `/patients/${patientId}/consents/${await idIn(consent)}/withdrawal`,
    "/privacy/reviews/:id": `/privacy/reviews/${await idIn(glass)}`,
    "/privacy/support/:id": `/privacy/support/${await idIn(support)}`,
  };
}

async function keyIn(client: Client, path: string, scope: string): Promise<string> {
  const made = await client.send(path, { json: { name: "Laboratory machine", scopes: [scope] } });
  return ((await made.json()) as { key: { id: string } }).key.id;
}

async function ownerIds(app: TestApp): Promise<Ids> {
  const olga = await app.owner();
  const { id } = (await (await olga.get("/api/v1/owner/auth/me")).json()) as { id: string };
  const people = `/api/v1/owner/tenants/${app.abdullah.id}/users`;
  const { items } = (await (await olga.get(people)).json()) as { items: { id: string }[] };
  return {
    hospitals: `/${app.abdullah.id}`,
    keys: `/${await keyIn(olga, "/api/v1/owner/keys", "tenants:read")}`,
    operators: `/${id}`,
    "/operators/:id/:act": [`/operators/${id}/suspension`],
    "/hospitals/:id/people/:userId": [`/hospitals/${app.abdullah.id}/people/${items[0]?.id}`],
    "/invitations/:token": [],
  };
}

/** Every page of a portal that can be opened by its address. @throws where a new route's ids are not known here. */
export async function pagesToVisit(app: TestApp, portal: "hospital" | "owner"): Promise<string[]> {
  const ids: Ids = portal === "hospital" ? await hospitalIds(app) : await ownerIds(app);
  const paths = app.app.routes
    .filter((route) => route.portal === portal && route.method === "GET" && !notPages.test(route.path))
    // The sign-in page leads someone who is signed in on to the home page.
    .filter(({ path }) => !/^\/sign-in(\/|$)/.test(path))
    .flatMap(({ path }) => {
      const whole = ids[path];
      if (whole !== undefined) return whole;
      if (!path.includes(":")) return [path];
      const id = ids[path.split("/")[1] ?? ""];
      if (typeof id !== "string" || path.split(":").length > 2)
        throw new Error(`${path} has no ids in tests/browser/visits.ts.`);
      return [path.replace(/\/:[A-Za-z]+/, id)];
    });
  return [...new Set(paths)];
}
