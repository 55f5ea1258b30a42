import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { dropDatabase } from "../../db/databases.ts";
import { withSession } from "../../db/migrate-lock.ts";
import { readRestore } from "../../server/bridge/restore-record.ts";
import { replacedDatabases, unsentRows } from "../../server/bridge/restore-unsent.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import { pushSync } from "../../server/sync/push.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";

setDefaultTimeout(90_000);

let app: TestApp;
let hospital: TestHospital;
let name: string;

const at = (path: string) => `/api/v1/owner/tenants/${hospital.id}${path}`;

async function push(): Promise<void> {
  const { primaryAdmin: primary, copyAdmin: copy } = await placesOf(app.services, hospital.id);
  expect((await pushSync({ primary, copy })).outcome).toBe("synced");
}

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
  name = hospital.facts.name;
  await push();
});

/** Waits until the restore has ended; its steps are asked for as a page does. */
async function ended(): Promise<Record<string, unknown>> {
  const owner = await app.owner();
  const events = await owner.get(at("/restore/events"));
  // The stream ends with the restore.
  await events.text();
  return (await owner.get(at("/restore"))).json() as Promise<Record<string, unknown>>;
}

describe("restoring a hospital by the API", () => {
  test("tells first what would be done, and asks for the name", async () => {
    const owner = await app.owner();
    const dry = await owner.send(at("/restore"), { json: { dryRun: true } });
    expect(dry.status).toBe(200);
    expect(await dry.json()).toMatchObject({ hospital: name, primaryAnswers: true, copyIncomplete: false });
    const wrong = await owner.send(at("/restore"), { json: { confirmation: "Another" } });
    expect(wrong.status).toBe(422);
    const answers = await owner.send(at("/restore"), { json: { confirmation: name } });
    expect(answers.status).toBe(409);
    expect(await answers.json()).toMatchObject({ code: "restore.primary-answers" });
    expect(await readRestore(app.services.connections.control.db, hospital.id)).toBeNull();
    expect((await owner.get(at("/restore"))).status).toBe(404);
  });

  test("shows the figures, the question and where nothing can be done", async () => {
    const owner = await app.owner();
    const page = await owner.get(`/hospitals/${hospital.id}/copying`);
    expect(page.status).toBe(200);
    expect((await page.text()).includes(`/hospitals/${hospital.id}/copying/events`)).toBe(true);
    const question = await (await owner.get(`/hospitals/${hospital.id}/restore`)).text();
    expect(question.includes("What may be lost")).toBe(true);
    expect(question.includes("The hospital&#x27;s database answers")).toBe(true);
    const reseed = await owner.get(`/hospitals/${hospital.id}/reseed`);
    expect(await reseed.text()).toContain("again?");
  });

  test("brings a dropped database back, and its people work on", async () => {
    const owner = await app.owner();
    const { primaryAdmin } = await placesOf(app.services, hospital.id);
    await app.services.connections.forget(hospital.facts.place);
    await dropDatabase({ ...primaryAdmin, database: "postgres", schema: "public" }, primaryAdmin.database);
    const begun = await owner.send(at("/restore"), {
      json: { confirmation: name, reason: "The disk is gone." },
    });
    expect(begun.status).toBe(202);
    expect(await ended()).toMatchObject({ status: "done" });
    const page = await (await owner.get(`/hospitals/${hospital.id}/restore`)).text();
    expect(page.includes("The hospital is restored")).toBe(true);
    // Sessions stay on their node and went with it; people are there.
    const admin = await app.client(hospital.host).signIn(emailOf("admin", hospital.subdomain), password);
    expect((await admin.get("/patients")).status).toBe(200);
  });

  test("keeps what the replaced database never sent, for a person to look at", async () => {
    const owner = await app.owner();
    const before = await placesOf(app.services, hospital.id);
    const begun = await owner.send(at("/restore"), { json: { confirmation: name, anyway: true } });
    expect(begun.status).toBe(202);
    expect(await ended()).toMatchObject({ status: "done", lost: { seconds: 0 } });
    await withSession(
      before.primaryAdmin,
      (session) => session`update departments set version = version + 1 where key = 'medical'`,
    );
    const context = systemOwner(app.services, "test");
    const [old] = await replacedDatabases(app.services, context, hospital.id);
    expect(old).toMatchObject({ database: before.primaryAdmin.database, unsent: 1 });
    const rows = await Array.fromAsync(unsentRows(app.services, context, hospital.id));
    expect(rows).toMatchObject([{ table: "departments", op: "U" }]);
    const page = await (await owner.get(`/hospitals/${hospital.id}/copying`)).text();
    expect(page.includes("An earlier database of this hospital answers again")).toBe(true);
  });

  test("asks a hospital for its changes without waiting, and ships all again when its name is typed", async () => {
    const owner = await app.owner();
    const asked = await owner.send(at("/notify-sync"), { json: {} });
    expect({ status: asked.status, body: await asked.json() }).toEqual({
      ...{ status: 202, body: { askedOf: "here" } },
    });
    expect((await owner.send(at("/reseed"), { json: { confirmation: "no" } })).status).toBe(422);
    expect((await owner.send(at("/reseed"), { json: { confirmation: name } })).status).toBe(202);
  });
});
