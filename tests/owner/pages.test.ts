import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { type TestApp, testApp } from "../support/app.ts";
import { password } from "../support/cast.ts";
import type { Client } from "../support/client.ts";

// Databases are made here; a busy machine takes its time.
setDefaultTimeout(30_000);

let app: TestApp;
let owner: Client;

beforeAll(async () => {
  app = await testApp();
  owner = await app.owner();
});

const idOf = async (subdomain: string): Promise<string> => {
  const { db } = app.services.connections.control;
  const [row] = await db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
  return row?.id ?? "";
};
const hiddenOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = "", value = ""]) => [name, value.replaceAll("&#34;", '"').replaceAll("&amp;", "&")],
    ),
  );
const send = async (path: string, form: Record<string, string>) => owner.send(path, { form });

describe("the owner's pages", () => {
  for (const path of [
    "/",
    "/hospitals",
    "/hospitals?search=nobody",
    "/hospitals?status=archived",
    "/plans",
    "/servers",
    "/hospitals/new",
  ])
    test(`${path} is shown`, async () => {
      expect(await owner.page(path)).toContain("</html>");
    });

  test("the list shows both hospitals of the cast and finds one of them", async () => {
    const all = await owner.page("/hospitals");
    expect(all).toContain("Abdullah Hospital");
    const found = await owner.page("/hospitals?search=ramz");
    expect(found).toContain("Ramzan Hospital");
    expect(found).not.toContain("Abdullah Hospital");
  });

  test("a hospital's page names its people, plan and databases", async () => {
    const page = await owner.page(`/hospitals/${app.abdullah.id}`);
    for (const text of ["Abdullah Hospital", "admin@abdullah.example", "Enterprise", "Online copy"])
      expect(page).toContain(text);
  });

  test("no page of the owner is shown to a stranger or to a hospital's admin", async () => {
    const admin = await app.abdullah.as("admin");
    for (const path of ["/hospitals", `/hospitals/${app.abdullah.id}`, "/plans", "/servers"]) {
      expect((await app.client("owner.localhost").get(path)).status).toBe(401);
      expect((await admin.get(path)).status).toBe(404);
    }
  });
});

describe("the wizard", () => {
  const first = (subdomain: string) => ({
    step: "hospital",
    companyName: "Wizard Hospital",
    subdomain,
    tenantDbName: `${subdomain.replaceAll("-", "_")}`,
    region: "pk-lahore",
    timeZone: "Asia/Karachi",
    currency: "PKR",
    language: "ur",
  });
  const proof = async () => hiddenOf(await owner.page("/hospitals/new"))["_csrf"] ?? "";

  test("asks in three pages, makes the hospital, and shows its steps", async () => {
    const subdomain = `wizard-${Bun.randomUUIDv7().slice(-8)}`;
    const _csrf = await proof();
    const second = await send("/hospitals/new", { ...first(subdomain), _csrf });
    expect(second.status).toBe(200);
    const carried = hiddenOf(await second.text());
    expect(carried).toMatchObject({ subdomain, step: "admin" });
    const admin = { adminName: "Amina Admin", adminEmail: `admin@${subdomain}.example`, password };
    const third = await send("/hospitals/new", { ...carried, ...admin });
    const text = await third.text();
    expect([third.status, text.includes(password)]).toEqual([200, false]);
    const last = { ...hiddenOf(text), plan: "basic", isolation: "database" };
    const made = await send("/hospitals/new", last);
    expect(made.status).toBe(303);
    const place = made.headers.get("location") ?? "";
    expect(place).toMatch(/^\/hospitals\/[0-9a-f-]{36}\/set-up$/);
    const events = await owner.get(`${place}/events`);
    expect(await events.text()).toEndWith("event: close\ndata: done\n\n");
    expect(await owner.page(place)).toContain(`${subdomain}.localhost`);
    const client = await app.client(`${subdomain}.localhost`).signIn(admin.adminEmail, password);
    expect((await client.get("/api/v1/tenant/auth/me")).status).toBe(200);
  });

  test("shows what is wrong on the page where it is asked, with what was entered", async () => {
    const _csrf = await proof();
    const refused = await send("/hospitals/new", { ...first("owner"), _csrf });
    const text = await refused.text();
    expect(refused.status).toBe(422);
    expect(text).toContain('value="Wizard Hospital"');
    expect(text).toContain('aria-invalid="true"');
    const taken = await send("/hospitals/new", { ...first("abdullah"), _csrf });
    expect(taken.status).toBe(422);
  });

  test("a password that was made is shown once", async () => {
    const subdomain = `made-${Bun.randomUUIDv7().slice(-8)}`;
    const given = { ...first(subdomain), adminName: "Amina Admin", adminEmail: `a@${subdomain}.example` };
    const made = await send("/hospitals/new", {
      ...{ ...given, step: "plan", plan: "trial", isolation: "schema" },
      _csrf: await proof(),
    });
    const place = made.headers.get("location") ?? "";
    await (await owner.get(`${place}/events`)).text();
    const id = await idOf(subdomain);
    const shown = await owner.submit(place, `/hospitals/${id}/first-password`);
    const told = /class="code" dir="ltr">([^<]+)</.exec(await shown.text())?.[1] ?? "";
    await app.client(`${subdomain}.localhost`).signIn(given.adminEmail, told);
    const again = await owner.submit(place, `/hospitals/${id}/first-password`);
    expect(again.status).toBe(303);
  });
});

test("a hospital is edited, suspended, activated and deleted from its page", async () => {
  const hospital = await app.newHospital({ plan: "professional" });
  const page = `/hospitals/${hospital.id}`;
  const edit = await owner.page(`${page}/edit`);
  const fields = { companyName: "Edited Hospital", timeZone: "UTC", currency: "USD", language: "en" };
  const saved = await send(`${page}/edit`, { ...hiddenOf(edit), ...fields });
  expect(saved.status).toBe(303);
  expect(await owner.page(page)).toContain("Edited Hospital");
  const stale = await send(`${page}/edit`, { ...hiddenOf(edit), ...fields, companyName: "Again" });
  expect(stale.status).toBe(412);
  expect((await owner.submit(page, `${page}/suspend`, { reason: "Unpaid" })).status).toBe(303);
  expect(await owner.page(page)).toContain("Unpaid");
  expect((await owner.submit(page, `${page}/activation`)).status).toBe(303);
  const wrong = await owner.submit(page, `${page}/delete`, { confirm: "no" });
  expect([wrong.status, (await wrong.text()).includes("form-errors")]).toEqual([422, true]);
  expect((await owner.submit(page, `${page}/delete`, { confirm: "Edited Hospital" })).status).toBe(303);
  expect((await owner.submit(page, `${page}/activation`)).status).toBe(303);
});
