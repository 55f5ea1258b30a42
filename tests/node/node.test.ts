import { afterAll, beforeAll, expect, test } from "bun:test";
import { withSession } from "../../db/migrate-lock.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import { discard, type StartedApp, scratchData, until } from "../boot/app.ts";
import { emailOf, password } from "../support/cast.ts";
import { makeStand, type Stand } from "./stand.ts";

const allowMs = 170_000;
let stand: Stand;
let node: StartedApp;
let token = "";
let nodeToken = "";

beforeAll(async () => {
  stand = await makeStand();
}, allowMs);
afterAll(() => stand.close(), allowMs);

const patient = (firstName: string) => ({
  firstName,
  lastName: "Onsite",
  sex: "female",
  bornOn: "1990-01-02",
});

async function signIn(): Promise<string> {
  const response = await stand.ask("/api/v1/tenant/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: emailOf("admin", stand.hospital.subdomain), password }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { accessToken: string }).accessToken;
}

async function register(firstName: string): Promise<Response> {
  return stand.ask("/api/v1/tenant/patients", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${nodeToken}` },
    body: JSON.stringify(patient(firstName)),
  });
}

/** First names of the patients in the owner's copy. */
async function copied(): Promise<readonly string[]> {
  const { primaryAdmin } = await placesOf(stand.owner.services, stand.hospital.id);
  return withSession(primaryAdmin, async (session) =>
    (await session<{ name: string }[]>`select first_name as name from patients order by 1`).map(
      ({ name }) => name,
    ),
  );
}

test(
  "a server joins with a token, fetches every row, and takes over the writing",
  async () => {
    const admin = await stand.hospital.as("admin");
    expect((await admin.send("/api/v1/tenant/patients", { json: patient("Hosted") })).status).toBe(201);
    token = await stand.token();
    const { code, said } = await stand.join(token);
    expect(said).toContain(stand.hospital.subdomain);
    expect(code).toBe(0);
    node = await stand.start();
    nodeToken = await signIn();
    const list = await stand.ask("/api/v1/tenant/patients", {
      headers: { authorization: `Bearer ${nodeToken}` },
    });
    expect(await list.text()).toContain("Hosted");
  },
  allowMs,
);

test(
  "the token is taken once, and joining again changes nothing",
  async () => {
    const elsewhere = scratchData();
    const other = await stand.join(token, elsewhere);
    expect(other.code).toBe(1);
    expect(other.said).toContain("node.token-refused");
    await discard(elsewhere);
  },
  allowMs,
);

test(
  "what is done at the hospital reaches the copy, whose portal reads and takes no change",
  async () => {
    expect((await register("Local")).status).toBe(201);
    await until(async () => (await copied()).includes("Local"), 30_000);
    stand.owner.services.resolver.forget();
    const admin = await stand.owner
      .client(stand.hospital.host)
      .signIn(emailOf("admin", stand.hospital.subdomain), password);
    const page = await admin.page("/patients");
    expect(page).toContain("Local");
    expect(page).toContain(`http://localhost:${stand.port}`);
    const refused = await admin.send("/api/v1/tenant/patients", { json: patient("Nowhere") });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "hospital.on-site" });
    const form = await admin.submit("/patients", "/patients", { firstName: "Nowhere" });
    expect(form.status).toBe(409);
    expect(await copied()).not.toContain("Nowhere");
  },
  allowMs,
);

test(
  "without a link the hospital works on; with it again both sides are equal",
  async () => {
    stand.link.refuse();
    stand.link.reset();
    nodeToken = await signIn();
    for (const name of ["Offline1", "Offline2", "Offline3"]) expect((await register(name)).status).toBe(201);
    expect((await stand.ask("/readyz")).status).toBe(200);
    expect(await copied()).not.toContain("Offline1");
    node.kill("SIGKILL");
    await node.exited;
    node = await stand.start();
    nodeToken = await signIn();
    expect((await register("Restarted")).status).toBe(201);
    stand.link.heal();
    await until(async () => (await copied()).includes("Restarted"), 90_000);
    expect(await copied()).toEqual(["Hosted", "Local", "Offline1", "Offline2", "Offline3", "Restarted"]);
  },
  allowMs,
);

test(
  "what the owner asks is done at the hospital, once, and answered",
  async () => {
    const owner = await stand.owner.owner();
    const path = `/api/v1/owner/tenants/${stand.hospital.id}/node-commands`;
    const email = "new.nurse@onsite.example";
    const asked = await owner.send(path, {
      json: { kind: "create-user", input: { name: "New Nurse", email, role: "nurse" } },
    });
    expect(asked.status).toBe(202);
    const command = async () =>
      ((await (await owner.get(path)).json()) as { items: { kind: string; outcome: string | null }[] })
        .items[0];
    await until(async () => (await command())?.outcome !== null, 90_000);
    expect(await command()).toMatchObject({ kind: "create-user", outcome: "done" });
    const { primaryAdmin } = await placesOf(stand.owner.services, stand.hospital.id);
    const people = () =>
      withSession(
        primaryAdmin,
        async (session) => (await session`select from users where email = ${email}`).length,
      );
    await until(async () => (await people()) === 1, 30_000);
  },
  allowMs,
);

test(
  "what the hospital changes of itself on its server, the owner hears",
  async () => {
    const path = "/api/v1/tenant/settings";
    const authorization = `Bearer ${nodeToken}`;
    const { version } = (await (await stand.ask(path, { headers: { authorization } })).json()) as {
      version: number;
    };
    const saved = await stand.ask(path, {
      method: "PATCH",
      headers: { authorization, "content-type": "application/json", "if-match": `"${version}"` },
      body: JSON.stringify({ name: "Renamed On Site", timeZone: "Asia/Kolkata" }),
    });
    expect(saved.status).toBe(200);
    const known = async () => (await placesOf(stand.owner.services, stand.hospital.id)).tenant;
    await until(async () => (await known()).companyName === "Renamed On Site", 30_000);
    expect(await known()).toMatchObject({ timeZone: "Asia/Kolkata" });
  },
  allowMs,
);

test(
  "a revoked server says so, and changes nothing more",
  async () => {
    const owner = await stand.owner.owner();
    const path = `/api/v1/owner/tenants/${stand.hospital.id}/nodes`;
    const { items } = (await (await owner.get(path)).json()) as { items: { id: string; status: string }[] };
    const active = items.find(({ status }) => status === "active");
    expect((await owner.send(`${path}/${active?.id}/revocation`, { method: "PUT" })).status).toBe(200);
    await until(async () => (await register("Late")).status === 409, 90_000);
    const refused = await register("Late");
    expect(await refused.json()).toMatchObject({ code: "hospital.replaced" });
    expect(await copied()).not.toContain("Late");
  },
  allowMs,
);

test(
  "the owner's portal does not exist at the hospital's server",
  async () => {
    for (const path of ["/hospitals", "/api/v1/owner/tenants", "/jobs"])
      expect((await stand.ask(path, { headers: { authorization: `Bearer ${nodeToken}` } })).status).toBe(404);
  },
  allowMs,
);
