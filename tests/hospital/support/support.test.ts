import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { createApp } from "../../../server/app.ts";
import { testApp } from "../../support/app.ts";
import { Client } from "../../support/client.ts";
import { eventsOf, problemOf } from "../patients/support.ts";

const { services, newHospital, owner, client } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const olga = await owner();
const requests = `/api/v1/owner/tenants/${hospital.id}/support-requests`;
const grants = "/api/v1/tenant/support-grants";

async function ask(): Promise<string> {
  const answer = await olga.send(requests, { json: { reason: "The import stopped half-way", minutes: 60 } });
  if (answer.status !== 201) throw new Error(`Asking answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

async function link(id: string): Promise<string> {
  const answer = await olga.send(`${requests}/${id}/link`, { method: "POST" });
  if (answer.status !== 201) throw new Error(`The link answered ${answer.status}: ${await answer.text()}`);
  return new URL(((await answer.json()) as { href: string }).href).searchParams.get("code") ?? "";
}

async function enter(code: string): Promise<Client> {
  const browser = client(hospital.host);
  const answer = await browser.send("/support/enter", { form: { code } });
  if (answer.status !== 303) throw new Error(`Entering answered ${answer.status}.`);
  return browser;
}

test("support comes in by the hospital's word, sees no patient, shows the time left, and is out at once", async () => {
  const id = await ask();
  expect((await olga.send(`${requests}/${id}/link`, { method: "POST" })).status).toBe(409);
  const twice = await olga.send(requests, { json: { reason: "The same once more", minutes: 60 } });
  expect((await problemOf(twice)).code).toBe("support.pending");
  const more = await admin.send(`${grants}/${id}/acceptance`, { json: { minutes: 61 } });
  expect(more.status).toBe(422);
  const nurse = await hospital.as("nurse");
  expect((await nurse.send(`${grants}/${id}/acceptance`, { json: {} })).status).toBe(403);
  const accepted = await admin.send(`${grants}/${id}/acceptance`, { json: { minutes: 30 } });
  expect(accepted.status).toBe(200);
  const heard = (await (await olga.get(requests)).json()) as { items: { id: string; status: string }[] };
  expect(heard.items.find((one) => one.id === id)?.status).toBe("accepted");
  const code = await link(id);
  expect(await client(hospital.host).page(`/support/enter?code=${code}`)).toContain(code);
  const support = await enter(code);
  expect((await client(hospital.host).send("/support/enter", { form: { code } })).status).toBe(410);
  expect(await support.page("/")).toContain("data-until=");
  expect(await support.page("/settings")).toContain("data-until=");
  expect((await support.get("/patients")).status).toBe(403);
  expect((await support.get("/users/new")).status).toBe(403);
  // Another copy of the app, which has not heard of anything.
  const other = new Client(createApp(services), hospital.host);
  for (const [name, value] of support.cookies) other.cookies.set(name, value);
  expect((await other.get("/settings")).status).toBe(200);
  expect(await olga.page("/")).toContain("data-until=");
  const ended = await admin.send(`${grants}/${id}`, { method: "DELETE" });
  expect(ended.status).toBe(200);
  const before = performance.now();
  while ((await other.get("/settings")).status === 200 && performance.now() - before < 3_000)
    await Bun.sleep(50);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect((await support.get("/settings")).status).toBe(401);
  expect(await eventsOf(hospital, id)).toEqual([
    ...["support.asked", "support.accepted", "support.link-made", "support.entered", "support.ended"],
  ]);
  const known = (await (await olga.get(requests)).json()) as { items: { id: string; status: string }[] };
  expect(known.items.find((one) => one.id === id)?.status).toBe("ended");
});

test("a refusal lets nobody in, and an access ends by itself when its time is over", async () => {
  const refused = await ask();
  await admin.send(`${grants}/${refused}/refusal`, { json: { note: "Not today" } });
  expect((await olga.send(`${requests}/${refused}/link`, { method: "POST" })).status).toBe(409);
  const id = await ask();
  await admin.send(`${grants}/${id}/acceptance`, { json: { permissions: ["settings:read"] } });
  const support = await enter(await link(id));
  expect((await support.get("/settings")).status).toBe(200);
  expect((await support.get("/users")).status).toBe(403);
  await hospital
    .system()
    .db.execute(sql`update support_grants set expires_at = now() - interval '1 hour' where id = ${id}`);
  await Bun.sleep(450);
  expect((await support.get("/settings")).status).toBe(401);
  expect((await olga.send(`${requests}/${id}/link`, { method: "POST" })).status).toBe(409);
});

test("the pages of both sides ask, accept and lead in", async () => {
  const at = `/hospitals/${hospital.id}/support`;
  const short = await olga.submit(at, at, { reason: "why", minutes: "5" });
  expect(short.status).toBe(422);
  const asked = await olga.submit(at, at, { reason: "Sync does not go on", minutes: "15" });
  expect(asked.status).toBe(303);
  const list = (await (await admin.get(grants)).json()) as { items: { id: string; status: string }[] };
  const id = list.items.find(({ status }) => status === "waiting")?.id ?? "";
  const answer = await admin.submit(`/privacy/support/${id}`, `/privacy/support/${id}/acceptance`, {
    ...{ minutes: "15", permissions: "settings:read" },
  });
  expect(answer.status).toBe(303);
  const page = await (await olga.submit(at, `${at}/${id}/link`)).text();
  expect(page).toContain("/support/enter?code=");
  const out = await olga.submit(at, `${at}/${id}/end`);
  expect(out.status).toBe(303);
});
