import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import {
  aPatient,
  eventsOf,
  leave,
  type PatientAnswer,
  patientsPath,
  problemOf,
  register,
  usedOf,
} from "./support.ts";

const { abdullah, ramzan, newHospital } = await testApp();
const admin = await abdullah.as("admin");
const itself = await newHospital();
const itsAdmin = await itself.as("admin");

test("registering answers 201 with the row, its place and its version, and is audited", async () => {
  const response = await admin.send(patientsPath, { json: aPatient({ phone: "0300 1234567" }) });
  const row = (await response.json()) as PatientAnswer;
  expect(response.status).toBe(201);
  expect(response.headers.get("location")).toBe(`${patientsPath}/${row.id}`);
  expect(response.headers.get("etag")).toBe('"1"');
  expect(row).toMatchObject({ firstName: "Fatima", bornOn: "1990-01-02", phone: "0300 1234567" });
  expect(row.mrn).toMatch(/^\d{6,}[0-9A-Z]$/);
  expect(await eventsOf(abdullah, row.id)).toEqual(["patient.registered"]);
});

test("what is missing or wrong is named, and nothing is saved", async () => {
  const before = await usedOf(abdullah, "patients");
  const long = "x".repeat(1_000_000);
  const cases: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ firstName: undefined }, "firstName"],
    [{ lastName: "   " }, "lastName"],
    [{ lastName: 7 }, "lastName"],
    [{ firstName: long }, "firstName"],
    [{ firstName: "a\u0000b" }, "firstName"],
    [{ firstName: "a\u202Eb" }, "firstName"],
    [{ sex: "woman" }, "sex"],
    [{ sex: undefined }, "sex"],
    [{ bornOn: "2024-02-30" }, "bornOn"],
    [{ bornOn: "2999-01-01" }, "bornOn"],
    [{ bornOn: "1700-01-01" }, "bornOn"],
    [{ bornOn: undefined }, "bornOn"],
    [{ bornOn: undefined, age: 900 }, "age"],
    [{ bornOn: undefined, age: -1 }, "age"],
    [{ phone: "call me" }, "phone"],
    [{ email: "nobody" }, "email"],
    [{ bloodGroup: "C+" }, "bloodGroup"],
    [{ notes: long }, "notes"],
  ];
  for (const [wrong, field] of cases) {
    const response = await admin.send(patientsPath, { json: aPatient(wrong) });
    const { errors } = await problemOf(response);
    expect([response.status, errors?.map((error) => error.field)]).toEqual([422, [field]]);
  }
  for (const body of ["{bad", "[]", "null", '"text"', ""]) {
    const headers = { "content-type": "application/json" };
    const response = await admin.send(patientsPath, { method: "POST", body, headers });
    expect([400, 422]).toContain(response.status);
  }
  expect(await usedOf(abdullah, "patients")).toBe(before);
});

test("names of every script, apostrophes, markup and SQL are kept as they are", async () => {
  for (const name of ["O'Brien", "نورالعین", "आदित्य", "<b>Bold</b>", "'; drop table patients; --", "😀"]) {
    const row = await register(admin, { lastName: name });
    expect(row.lastName).toBe(name);
    const found = await admin.get(`${patientsPath}/${row.id}`);
    expect(((await found.json()) as PatientAnswer).lastName).toBe(name);
    const bold: string[] = [];
    const page = await admin.get(`/patients/${row.id}`);
    await new HTMLRewriter()
      .on("b", { element: ({ tagName }) => void bold.push(tagName) })
      .transform(page)
      .text();
    expect(bold).toEqual([]);
  }
});

test("an unknown patient is registered with an estimated age", async () => {
  const row = await (
    await admin.send(patientsPath, { json: { unknown: true, sex: "unknown", age: 40 } })
  ).json();
  expect(row).toMatchObject({ firstName: null, lastName: null, bornOnEstimated: true });
});

test("strangers get 401, roles without the right 403, another hospital 401 or 404", async () => {
  const row = await register(admin);
  const at = `${patientsPath}/${row.id}`;
  expect((await abdullah.stranger().get(at)).status).toBe(401);
  expect((await abdullah.stranger().send(patientsPath, { json: {} })).status).toBe(401);
  const hr = await abdullah.as("hr-manager");
  const pharmacist = await abdullah.as("pharmacist");
  const doctor = await abdullah.as("doctor");
  expect((await hr.get(at)).status).toBe(403);
  expect((await hr.get(patientsPath)).status).toBe(403);
  expect((await pharmacist.send(patientsPath, { json: aPatient() })).status).toBe(403);
  expect((await pharmacist.send(at, { method: "PATCH", json: { city: "Lahore" } })).status).toBe(403);
  expect((await doctor.send(at, { method: "DELETE", json: { reason: "twice" } })).status).toBe(403);
  expect((await doctor.get(`${patientsPath}/export.csv`)).status).toBe(403);
  expect((await doctor.get(`${patientsPath}?deleted=true`)).status).toBe(403);
  const elsewhere = await ramzan.as("admin");
  expect((await elsewhere.get(at)).status).toBe(404);
  expect((await elsewhere.send(at, { method: "PATCH", json: { city: "X" } })).status).toBe(404);
  const carried = { authorization: `Bearer ${elsewhere.token}` };
  expect((await admin.send(at, { headers: carried })).status).toBe(401);
});

test("a change moves the version on; an older version is refused and overwrites nothing", async () => {
  const row = await register(admin, { phone: "0300 1234567", notes: "front desk" });
  const at = `${patientsPath}/${row.id}`;
  const change = { method: "PATCH", json: { phone: null, city: "Lahore" }, headers: { "if-match": '"1"' } };
  const changed = await admin.send(at, change);
  expect(changed.headers.get("etag")).toBe('"2"');
  expect(await changed.json()).toMatchObject({
    phone: null,
    city: "Lahore",
    notes: "front desk",
    version: 2,
  });
  const stale = await admin.send(at, { ...change, json: { city: "Karachi" } });
  expect([stale.status, (await problemOf(stale)).code]).toEqual([412, "row.changed"]);
  expect((await (await admin.get(at)).json()) as unknown).toMatchObject({ city: "Lahore", version: 2 });
  expect((await admin.get(at, { "if-none-match": '"2"' })).status).toBe(304);
  expect((await admin.send(at, { ...change, headers: { "if-match": "nonsense" } })).status).toBe(400);
  expect(await eventsOf(abdullah, row.id)).toEqual(["patient.registered", "patient.updated"]);
});

test("of many changes at one version exactly one is made", async () => {
  const row = await register(admin);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      admin.send(`${patientsPath}/${row.id}`, {
        method: "PATCH",
        json: { city: `City ${index}` },
        headers: { "if-match": '"1"' },
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200).length).toBe(1);
  expect(answers.filter(({ status }) => status === 412).length).toBe(7);
});

test("a day of death makes the patient deceased; it lies neither before birth nor in the future", async () => {
  const { id } = await register(admin);
  const change = (json: unknown) => admin.send(`${patientsPath}/${id}`, { method: "PATCH", json });
  expect((await problemOf(await change({ deceasedOn: "1980-01-01" }))).errors?.[0]?.field).toBe("deceasedOn");
  expect((await problemOf(await change({ deceasedOn: "2999-01-01" }))).errors?.[0]?.field).toBe("deceasedOn");
  expect(await (await change({ deceasedOn: "2024-05-06" })).json()).toMatchObject({ status: "deceased" });
  expect(await (await change({ status: "active" })).json()).toMatchObject({ deceasedAt: null });
});

test("deleting needs a reason, hides the record, frees its place, and can be undone", async () => {
  const row = await register(admin, { lastName: "Zubairi" });
  const at = `${patientsPath}/${row.id}`;
  const used = await usedOf(abdullah, "patients");
  const silent = await admin.send(at, { method: "DELETE" });
  expect([silent.status, (await problemOf(silent)).errors?.[0]?.field]).toEqual([422, "reason"]);
  const deleted = await admin.send(at, { method: "DELETE", json: { reason: "entered twice" } });
  expect(((await deleted.json()) as PatientAnswer).deletedAt).not.toBeNull();
  expect(await usedOf(abdullah, "patients")).toBe(used - 1);
  const listed = async (query: string) =>
    (
      (await (await admin.get(`${patientsPath}?search=Zubairi${query}`)).json()) as {
        items: { id: string }[];
      }
    ).items.map(({ id }) => id);
  expect(await listed("")).not.toContain(row.id);
  expect(await listed("&deleted=true")).toContain(row.id);
  expect((await admin.send(at, { method: "PATCH", json: { city: "X" } })).status).toBe(409);
  expect((await admin.send(`${at}/restoration`, { method: "POST" })).status).toBe(200);
  expect(await listed("")).toContain(row.id);
  expect(await usedOf(abdullah, "patients")).toBe(used);
  expect(await eventsOf(abdullah, row.id)).toEqual([
    "patient.registered",
    "patient.deleted",
    "patient.restored",
  ]);
});

test("of many registrations at the limit exactly the rest are admitted; an emergency always is", async () => {
  await leave(itself, "patients", 3);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      itsAdmin.send(patientsPath, { json: aPatient({ lastName: `Number ${index}` }) }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201).length).toBe(3);
  const [refused] = answers.filter(({ status }) => status === 402);
  expect(answers.filter(({ status }) => status === 402).length).toBe(9);
  expect((await problemOf(refused ?? new Response("{}"))).code).toBe("limit.patients");
  const urgent = await itsAdmin.send(patientsPath, { json: aPatient({ emergency: true }) });
  expect([urgent.status, ((await urgent.json()) as PatientAnswer).overLimit]).toEqual([201, true]);
  expect(await usedOf(itself, "patients")).toBe(4);
  await leave(itself, "patients", null);
});

test("the same Idempotency-Key registers once", async () => {
  const headers = { "idempotency-key": Bun.randomUUIDv7() };
  const one = await admin.send(patientsPath, { json: aPatient(), headers });
  const two = await admin.send(patientsPath, { json: aPatient(), headers });
  expect(((await one.json()) as PatientAnswer).id).toBe(((await two.json()) as PatientAnswer).id);
});

test("possible duplicates are told where they are asked for", async () => {
  const row = await register(admin, {
    firstName: "Zarmina",
    lastName: "Durrani",
    nationalId: "35202-7654321-9",
  });
  const ask = (more: Record<string, unknown>) =>
    admin.send(`${patientsPath}?checkDuplicates=true`, {
      json: aPatient({ firstName: "Zarmeena", lastName: "Durani", ...more }),
    });
  const gradesOf = async (response: Response) => {
    const { code, details } = await problemOf(response);
    expect([response.status, code]).toEqual([409, "patient.possible-duplicate"]);
    const candidates = details?.["candidates"] as { grade: string; patient: { id: string } }[];
    return candidates.filter(({ patient }) => patient.id === row.id).map(({ grade }) => grade);
  };
  expect(await gradesOf(await ask({ nationalId: "3520276543219", bornOn: "1970-05-05" }))).toEqual([
    "certain",
  ]);
  expect(["probable", "possible"]).toContain((await gradesOf(await ask({})))[0] ?? "");
  const other = aPatient({ firstName: "Wolfgang", lastName: "Quibble", bornOn: "1931-03-03" });
  expect((await admin.send(`${patientsPath}?checkDuplicates=true`, { json: other })).status).toBe(201);
});

test("the export streams what the filters find, harmless to spreadsheets, and is audited", async () => {
  const mark = `Exporter${Date.now()}`;
  await register(itsAdmin, { lastName: mark, city: '=HYPERLINK("http://x")', phone: "+92 300 7654321" });
  await register(itsAdmin, { lastName: "Somebody else" });
  const response = await itsAdmin.get(`${patientsPath}/export.csv?search=${mark}`);
  const lines = (await response.text()).trim().split("\r\n");
  expect(response.headers.get("content-type")).toContain("text/csv");
  expect(lines.length).toBe(2);
  expect(lines[0]).toStartWith("mrn,firstName");
  expect(lines[1]).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(lines[1]).toContain("'+92 300 7654321");
});
