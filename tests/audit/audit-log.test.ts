import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { patientsPath, register } from "../hospital/patients/support.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";

setDefaultTimeout(60_000);

interface Row {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly actorName: string;
  readonly patientId: string | null;
  readonly mrn: string | null;
  readonly read: boolean;
  readonly details: Readonly<Record<string, unknown>> | null;
}

let app: TestApp;
let hospital: TestHospital;
const path = "/api/v1/tenant/audit";

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
});

async function rows(query = ""): Promise<readonly Row[]> {
  const admin = await hospital.as("admin");
  const response = await admin.get(`${path}${query}`);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return ((await response.json()) as { items: Row[] }).items;
}

test("a look at a patient is on record before the answer, once a request, with who and which part", async () => {
  const doctor = await hospital.as("doctor");
  const patient = await register(doctor);
  app.clock.advance(1_000);
  await doctor.get(`${patientsPath}/${patient.id}`);
  await doctor.get(`/patients/${patient.id}`);
  await doctor.get(`/patients/${patient.id}/results`);
  await doctor.get(`${patientsPath}/${patient.id}/allergies`);
  const looks = (await rows(`?patient=${patient.mrn}&kind=look`)).map(
    ({ event, details, actorName, mrn }) => ({
      event,
      part: details?.["part"] ?? null,
      actorName,
      mrn,
    }),
  );
  const look = (part: string | null) => ({
    ...{ event: "patient.viewed", part, mrn: patient.mrn },
    actorName: `doctor of ${hospital.facts.name}`,
  });
  expect(looks).toHaveLength(4);
  for (const part of [null, "observations", "allergies"]) expect(looks).toContainEqual(look(part));
  const changes = await rows(`?patient=${patient.id}&kind=change`);
  expect(changes.map(({ event }) => event)).toEqual(["patient.registered"]);
});

test("a list or a search is one row, with the number shown and, if few, their ids", async () => {
  const nurse = await hospital.as("nurse");
  const patient = await register(nurse, { lastName: "Zulfiqarabad" });
  app.clock.advance(1_000);
  await nurse.get(`${patientsPath}?search=Zulfiqarabad`);
  const [row] = await rows("?event=patient.listed");
  expect(row?.details).toEqual({ shown: 1, ids: [patient.id], searched: true });
  expect(row?.patientId).toBeNull();
});

test("rows are found by person, patient, event, day and words, and paged by key", async () => {
  const admin = await hospital.as("admin");
  const patient = await register(admin, { lastName: "Deleted" });
  app.clock.advance(1_000);
  await admin.send(`${patientsPath}/${patient.id}`, {
    method: "DELETE",
    json: { reason: "Entered 100% twice" },
  });
  expect((await rows("?search=100%25%20TWICE")).map(({ event }) => event)).toEqual(["patient.deleted"]);
  expect(await rows("?search=nobody-wrote-this")).toEqual([]);
  for (const row of await rows("?person=doctor%20of")) expect(row.actorName).toContain("doctor of");
  expect(await rows("?person=Nobody%20At%20All")).toEqual([]);
  expect(await rows("?patient=NO-SUCH-NUMBER")).toEqual([]);
  const today = app.clock.now().toISOString().slice(0, 10);
  expect((await rows(`?from=${today}`)).length).toBeGreaterThan(0);
  expect(await rows("?to=2001-01-01")).toEqual([]);
  const all = await rows("?limit=100");
  const paged: Row[] = [];
  let cursor: string | null = null;
  do {
    const page: Response = await admin.get(`${path}?limit=7${cursor === null ? "" : `&cursor=${cursor}`}`);
    const body = (await page.json()) as { items: Row[]; nextCursor: string | null };
    paged.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null && paged.length < all.length);
  expect(new Set(paged.map(({ id }) => id)).size).toBe(paged.length);
  expect((await admin.get(`${path}?cursor=nonsense`)).status).toBe(422);
});

test("the tab tells who has seen the record, to those who may know it", async () => {
  const admin = await hospital.as("admin");
  const doctor = await hospital.as("doctor");
  const patient = await register(admin);
  await doctor.get(`/patients/${patient.id}`);
  const page = await admin.page(`/patients/${patient.id}/access`);
  expect(page).toContain(`doctor of ${hospital.facts.name}`);
  expect((await doctor.get(`/patients/${patient.id}/access`)).status).toBe(403);
  expect((await doctor.get(`${patientsPath}/${patient.id}/access`)).status).toBe(403);
  expect(await doctor.page(`/patients/${patient.id}`)).not.toContain(`/patients/${patient.id}/access`);
  expect((await admin.get(`${patientsPath}/${Bun.randomUUIDv7()}/access`)).status).toBe(404);
});

test("strangers get 401, roles without the right 403, another hospital's people 401", async () => {
  expect((await hospital.stranger().get(path)).status).toBe(401);
  for (const role of ["doctor", "nurse", "receptionist", "pharmacist", "hr-manager"] as const)
    for (const at of [path, `${path}/export.csv`, `${path}/export.ndjson`, "/audit", "/audit/export.csv"])
      expect((await (await hospital.as(role)).get(at)).status).toBe(403);
  const other = await app.abdullah.as("admin");
  const foreign = hospital.stranger();
  foreign.token = other.token;
  expect((await foreign.get(path)).status).toBe(401);
});

test("the export streams what the filters find, harmless to spreadsheets, and is on record itself", async () => {
  const admin = await hospital.as("admin");
  const patient = await register(admin);
  await admin.send(`${patientsPath}/${patient.id}`, {
    method: "DELETE",
    json: { reason: '=HYPERLINK("http://evil.example")' },
  });
  const csv = await (await admin.get(`${path}/export.csv?event=patient.deleted`)).text();
  expect(csv.split("\r\n")[0]).toStartWith("at,id,actorKind");
  expect(csv).toContain("'=HYPERLINK");
  const lines = (await (await admin.get(`${path}/export.ndjson?patient=${patient.id}`)).text())
    .trim()
    .split("\n");
  expect(lines.map((line) => (JSON.parse(line) as Row).patientId)).toEqual(lines.map(() => patient.id));
  expect((await rows("?event=audit.exported")).length).toBeGreaterThanOrEqual(2);
});

test("looks at once are all on record, each once", async () => {
  const doctor = await hospital.as("doctor");
  const patient = await register(doctor);
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => doctor.get(`${patientsPath}/${patient.id}`)),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(await rows(`?patient=${patient.id}&event=patient.viewed&limit=100`)).toHaveLength(60);
});

test("one list asked for many times at once is one row that says how often, a row for each person", async () => {
  const [doctor, nurse] = [await hospital.as("doctor"), await hospital.as("nurse")];
  app.clock.advance(1_000);
  const since = app.clock.now().toISOString();
  await Promise.all(
    Array.from({ length: 30 }, (_, n) => (n % 3 === 0 ? nurse : doctor).get(`${patientsPath}?limit=1`)),
  );
  const listed = (await rows("?event=patient.listed&limit=100")).filter(({ at }) => at >= since);
  const times = (who: string) =>
    listed
      .filter(({ actorName }) => actorName.startsWith(who))
      .reduce((sum, { details }) => sum + Number(details?.["times"] ?? 1), 0);
  expect([times("nurse"), times("doctor")]).toEqual([10, 20]);
  expect(listed.length).toBeLessThan(30);
});
