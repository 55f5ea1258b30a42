import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import { leave, register } from "./support.ts";

const { abdullah, ramzan, newHospital } = await testApp();
const admin = await abdullah.as("admin");
const form = { firstName: "Rukhsana", lastName: "Mirza", sex: "female", bornOn: "1971-08-09" };

const textOf = async (response: Response | Promise<Response>) => (await response).text();

test("a patient registered by the form has a record with banner, rooms and history", async () => {
  const sent = await admin.submit("/patients/new", "/patients", { ...form, phone: "0301 5556677" });
  const at = sent.headers.get("location") ?? "";
  expect([sent.status, at]).toEqual([303, expect.stringMatching(/^\/patients\/[0-9a-f-]{36}$/)]);
  const record = await admin.page(at);
  for (const part of ["Rukhsana Mirza", "Not asked", `${at}/results`, `${at}/history`])
    expect(record).toContain(part);
  expect(await admin.page(`${at}/history`)).toContain("Registered");
  for (const room of [
    "visits",
    "problems",
    "results",
    "medications",
    "allergies",
    "immunizations",
    "procedures",
  ])
    expect(await admin.page(`${at}/${room}`)).toContain("Rukhsana Mirza");
  expect((await admin.get(`${at}/elsewhere`)).status).toBe(404);
});

test("a form with faults is shown again with them and with what was entered", async () => {
  const sent = await admin.submit("/patients/new", "/patients", {
    firstName: "Rukhsana",
    age: "many",
    phone: "x",
  });
  const page = await sent.text();
  expect(sent.status).toBe(422);
  for (const id of ["f-sex-error", "f-age-error", "f-phone-error"]) expect(page).toContain(id);
  expect(page).toContain('value="Rukhsana"');
});

test("somebody who may be registered already is shown before anything is saved", async () => {
  const first = { ...form, firstName: "Gulnaz", lastName: "Barakzai", bornOn: "1966-06-06" };
  await admin.submit("/patients/new", "/patients", first);
  const again = { ...first, firstName: "Gulnaaz" };
  const asked = await admin.submit("/patients/new", "/patients", again);
  const page = await asked.text();
  expect(asked.status).toBe(409);
  expect(page).toContain("Gulnaz Barakzai");
  const sure = await admin.submit("/patients/new", "/patients", { ...again, saveAnyway: "true" });
  expect(sure.status).toBe(303);
});

test("the list searches, a scanned record number opens the record, and a fragment holds the list alone", async () => {
  const row = await register(admin, { firstName: "Nighat", lastName: "Yousafzai" });
  expect(await admin.page("/patients?search=Nigat+Yusufzai")).toContain("Nighat Yousafzai");
  const scanned = await admin.get(`/patients?search=${row.mrn.toLowerCase()}`);
  expect([scanned.status, scanned.headers.get("location")]).toEqual([303, `/patients/${row.id}`]);
  const fragment = await textOf(
    admin.get("/patients?search=Nighat", { "hx-request": "true", "hx-request-type": "partial" }),
  );
  expect(fragment).toStartWith("<section");
  expect(fragment).toContain("Nighat Yousafzai");
  expect(await admin.page("/patients?sort=nonsense&cursor=")).toContain("Patients");
});

test("an edit from an older version is refused and keeps the other's change", async () => {
  const row = await register(admin, { firstName: "Parveen", lastName: "Akhtar" });
  const at = `/patients/${row.id}`;
  const edit = {
    firstName: "Parveen",
    lastName: "Akhtar",
    sex: "female",
    bornOn: "1990-01-02",
    status: "active",
  };
  const first = await admin.submit(`${at}/edit`, at, { ...edit, city: "Quetta", version: "1" });
  const second = await admin.submit(`${at}/edit`, at, { ...edit, city: "Multan", version: "1" });
  expect([first.status, second.status]).toEqual([303, 412]);
  expect(await admin.page(at)).toContain("Quetta");
});

test("an age that was guessed stays as it was when something else is changed", async () => {
  const row = await register(admin, { bornOn: undefined, age: 8, ageUnit: "months" });
  const at = `/patients/${row.id}`;
  const shown = { firstName: "Fatima", lastName: "Sheikh", sex: "female", status: "active" };
  const edit = { ...shown, bornOn: "", age: "8", ageUnit: "months", city: "Swat", version: "1" };
  expect((await admin.submit(`${at}/edit`, at, edit)).status).toBe(303);
  const after = (await (await admin.get(`/api/v1/tenant/patients/${row.id}`)).json()) as typeof row;
  expect([after.bornOn, after.bornOnEstimated]).toEqual([row.bornOn, true]);
});

test("a record is deleted with a reason and brought back by the toast's undo", async () => {
  const row = await register(admin, { firstName: "Shabnam", lastName: "Gul" });
  const at = `/patients/${row.id}`;
  const silent = await admin.submit(`${at}/delete`, `${at}/delete`, { reason: "", version: "1" });
  expect(silent.status).toBe(422);
  const gone = await admin.submit(`${at}/delete`, `${at}/delete`, { reason: "entered twice", version: "1" });
  expect([gone.status, gone.headers.get("location")]).toEqual([303, "/patients"]);
  expect(await admin.page("/patients")).toContain(`${at}/restoration`);
  expect(await admin.page("/patients?deleted=true")).toContain("Shabnam Gul");
  expect((await admin.submit(at, `${at}/restoration`)).status).toBe(303);
});

test("strangers are asked to sign in; roles see what is theirs; another hospital's record is not there", async () => {
  const row = await register(admin);
  const at = `/patients/${row.id}`;
  expect((await abdullah.stranger().get(at)).status).toBe(401);
  const hr = await abdullah.as("hr-manager");
  expect((await hr.get("/patients")).status).toBe(403);
  const desk = await abdullah.as("receptionist");
  const seen = await desk.page(at);
  expect(seen).not.toContain("Allergies");
  expect(seen).not.toContain(`${at}/results`);
  expect((await desk.get(`${at}/results`)).status).toBe(403);
  expect((await desk.submit(at, `${at}/delete`, { reason: "because" })).status).toBe(403);
  expect((await (await ramzan.as("admin")).get(at)).status).toBe(404);
  const unproved = await admin.send("/patients", { form });
  expect(unproved.status).toBe(403);
});

test("at the plan's limit the form says so and keeps what was entered", async () => {
  const hospital = await newHospital();
  const client = await hospital.as("admin");
  await leave(hospital, "patients", 0);
  const refused = await client.submit("/patients/new", "/patients", form);
  const page = await refused.text();
  expect(refused.status).toBe(402);
  expect(page).toContain('value="Rukhsana"');
  const urgent = await client.submit("/patients/new", "/patients", { ...form, emergency: "true" });
  expect(urgent.status).toBe(303);
  expect(await client.page(urgent.headers.get("location") ?? "")).toContain("beyond the plan");
});

test("the export of the page honours its filters", async () => {
  await register(admin, { firstName: "Bushra", lastName: "Kakar" });
  const csv = await textOf(admin.get("/patients/export.csv?search=Bushra+Kakar"));
  expect(csv.trim().split("\r\n").length).toBe(2);
});
