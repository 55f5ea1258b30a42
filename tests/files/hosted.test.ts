import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { dropDatabase } from "../../db/databases.ts";
import { files } from "../../db/schema/hospital/files.ts";
import { copyDueFiles, copyFiles, tidyFiles } from "../../server/bridge/files.ts";
import { readRestore } from "../../server/bridge/restore-record.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import { systemClock } from "../../server/clock.ts";
import { filesHere, filesOnline } from "../../server/files/sides.ts";
import { cleanUp } from "../../server/hospital/retention/retention.ts";
import { pushSync } from "../../server/sync/push.ts";
import { addTo, aPdf, documentsPath } from "../hospital/documents/support.ts";
import { patientsPath, register } from "../hospital/patients/support.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";

setDefaultTimeout(90_000);

let app: TestApp;
let hospital: TestHospital;

const here = () => filesHere(app.services.env, hospital.id);
const online = () => filesOnline(app.services.env, hospital.id);
const at = (path: string) => `/api/v1/owner/tenants/${hospital.id}${path}`;

async function push(): Promise<void> {
  const { primaryAdmin: primary, copyAdmin: copy } = await placesOf(app.services, hospital.id);
  expect((await pushSync({ primary, copy })).outcome).toBe("synced");
}

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
});

test("a file follows the rows that name it, to the copy and to no other hospital", async () => {
  const admin = await hospital.as("admin");
  const { id } = await register(admin);
  const made = await addTo(admin, id, aPdf("hosted"));
  // The row is not on the copy yet: nothing is sent before it.
  await copyFiles(app.services, hospital.id);
  expect(await online().sizeOf(made.sha256)).toBeNull();
  await push();
  expect(await copyFiles(app.services, hospital.id)).toMatchObject({ files: 1, bytes: made.bytes });
  expect(await online().isSound(made.sha256)).toBe(true);
  expect(await copyFiles(app.services, hospital.id)).toMatchObject({ files: 0, bytes: 0 });
  const owner = await app.owner();
  const page = await (await owner.get(`/hospitals/${hospital.id}/copying`)).text();
  expect(page).toContain("Files copied");
  expect(page).toContain("1 of 1");
  expect(await filesOnline(app.services.env, app.ramzan.id).sizeOf(made.sha256)).toBeNull();
});

test("what the copy or the disk here has lost comes back, and is counted meanwhile", async () => {
  const admin = await hospital.as("admin");
  const { id } = await register(admin);
  const [one, two] = [await addTo(admin, id, aPdf("lost there")), await addTo(admin, id, aPdf("lost here"))];
  await push();
  await copyFiles(app.services, hospital.id);
  await online().remove(one.sha256);
  await here().remove(two.sha256);
  expect(await tidyFiles(app.services, hospital.id)).toMatchObject({ named: 3, copied: 2, missing: 0 });
  expect(await here().isSound(two.sha256)).toBe(true);
  await copyFiles(app.services, hospital.id);
  expect(await tidyFiles(app.services, hospital.id)).toMatchObject({ named: 3, copied: 3, missing: 0 });
});

test("the sweep of all hospitals sends each one's files; one whose copy cannot be written keeps none waiting", async () => {
  const troubled = await app.newHospital();
  const obstacle = join(app.services.env.filesCopyDir, troubled.id);
  await mkdir(app.services.env.filesCopyDir, { recursive: true });
  writeFileSync(obstacle, "a file where a folder should be");
  const made: { sha256: string }[] = [];
  for (const one of [troubled, hospital]) {
    const admin = await one.as("admin");
    made.push(await addTo(admin, (await register(admin)).id, aPdf(`swept of ${one.id}`)));
    const { primaryAdmin: primary, copyAdmin: copy } = await placesOf(app.services, one.id);
    expect((await pushSync({ primary, copy })).outcome).toBe("synced");
  }
  const [waits = { sha256: "" }, goes = { sha256: "" }] = made;
  let now = Date.now();
  const services = { ...app.services, clock: { now: () => new Date(now) } };
  const { signal } = new AbortController();
  expect((await copyDueFiles(services, signal)).files).toBeGreaterThan(0);
  expect(await online().isSound(goes.sha256)).toBe(true);
  rmSync(obstacle);
  // Not asked again at once, and then it goes on by itself.
  await copyDueFiles(services, signal);
  const theirs = filesOnline(app.services.env, troubled.id);
  expect(await theirs.sizeOf(waits.sha256)).toBeNull();
  now += 60_000;
  await copyDueFiles(services, signal);
  expect(await theirs.isSound(waits.sha256)).toBe(true);
});

test("an erased patient's content goes on both sides, unless another's document names it", async () => {
  const admin = await hospital.as("admin");
  const [gone, stays] = [await register(admin), await register(admin)];
  const alone = await addTo(admin, gone.id, aPdf("of one patient"));
  const shared = await addTo(admin, gone.id, aPdf("of two patients"));
  await addTo(admin, stays.id, aPdf("of two patients"));
  await push();
  await copyFiles(app.services, hospital.id);
  expect(await online().isSound(alone.sha256)).toBe(true);
  await admin.send(`${patientsPath}/${gone.id}`, { method: "DELETE", json: { reason: "moved away" } });
  const system = hospital.system();
  await system.db.execute(sql`
    update patients set deleted_at = now() - interval '9 years', updated_at = now() - interval '9 years'
    where id = ${gone.id}`);
  await admin.send("/api/v1/tenant/retention/deleted-patients", { method: "PUT", json: { keepDays: 2922 } });
  await cleanUp(system);
  expect((await admin.get(`${documentsPath}/${alone.id}`)).status).toBe(404);
  const rows = await system.db.select().from(files).where(eq(files.sha256, alone.sha256));
  expect(rows).toEqual([]);
  await push();
  // An upload's bytes lie there shortly before its row: what is fresh, by the disk's own clock, stays.
  await tidyFiles({ ...app.services, clock: systemClock }, hospital.id);
  expect(await here().sizeOf(alone.sha256)).toBe(alone.bytes);
  expect(await online().sizeOf(alone.sha256)).toBeNull();
  const later = new Date(Date.now() + 3_600_000);
  await tidyFiles({ ...app.services, clock: { now: () => later } }, hospital.id);
  expect(await here().sizeOf(alone.sha256)).toBeNull();
  for (const side of [here(), online()]) expect(await side.isSound(shared.sha256)).toBe(true);
});

test("a restore brings the files back from the copy, and names what is nowhere without failing", async () => {
  const admin = await hospital.as("admin");
  const { id } = await register(admin);
  const content = aPdf("to be restored");
  const [kept, lost] = [await addTo(admin, id, content), await addTo(admin, id, aPdf("lost for good"))];
  await push();
  await copyFiles(app.services, hospital.id);
  const { primaryAdmin } = await placesOf(app.services, hospital.id);
  await app.services.connections.forget(hospital.facts.place);
  await dropDatabase({ ...primaryAdmin, database: "postgres", schema: "public" }, primaryAdmin.database);
  for (const { sha256 } of [kept, lost]) await here().remove(sha256);
  await online().remove(lost.sha256);
  const owner = await app.owner();
  const begun = await owner.send(at("/restore"), {
    json: { confirmation: hospital.facts.name, reason: "The disk is gone." },
  });
  expect(begun.status).toBe(202);
  await (await owner.get(at("/restore/events"))).text();
  const told = (await (await owner.get(at("/restore"))).json()) as { status: string; files: object };
  expect(told).toMatchObject({ status: "done", files: { fetched: 1, missing: 1 } });
  const state = await readRestore(app.services.connections.control.db, hospital.id);
  expect(state?.steps.at(-1)).toMatchObject({ key: "files", status: "done" });
  const back = await app.client(hospital.host).signIn(emailOf("admin", hospital.subdomain), password);
  const answer = await back.get(`${documentsPath}/${kept.id}/content`);
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(content);
  const page = await (await owner.get(`/hospitals/${hospital.id}/restore`)).text();
  expect(page).toContain("1 is on no side");
  // What the copy has is known again by asking; nothing is sent a second time.
  expect(await copyFiles(app.services, hospital.id)).toMatchObject({ files: 0, bytes: 0, missing: 1 });
});
