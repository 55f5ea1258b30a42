import { expect, test } from "bun:test";
import { desc, eq } from "drizzle-orm";
import { createConnections } from "../../../db/connect.ts";
import { mailOutbox } from "../../../db/schema/hospital/credentials.ts";
import { getPatient } from "../../../server/hospital/patients/patients.ts";
import { listPatients } from "../../../server/hospital/patients/patients-list.ts";
import { requirePatientAccess } from "../../../server/hospital/privacy/access.ts";
import { testApp } from "../../support/app.ts";
import { aPdf, formOf } from "../documents/support.ts";
import { eventsOf, patientsPath, problemOf, register } from "../patients/support.ts";
import { actorOf, breakGlass, idOf, inNeed, makeOlder, restricted } from "./support.ts";

const { app, clock, newHospital, services } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const doctor = await hospital.as("doctor");
const nurse = await hospital.as("nurse");
const receptionist = await hospital.as("receptionist");
const minutes = (n: number) => n * 60_000;

test("a restricted record is closed to everyone, the admin who restricted it included", async () => {
  const { id, mrn } = await restricted(admin);
  for (const client of [admin, doctor, nurse]) {
    const answer = await client.get(`${patientsPath}/${id}`);
    const problem = await problemOf(answer);
    expect([answer.status, problem.code, problem.details]).toEqual([
      403,
      "patient.restricted",
      { patientId: id, mrn },
    ]);
  }
});

test("every route of a patient refuses until the glass is broken, and changes nothing", async () => {
  const { id, version } = await restricted(admin, { lastName: "Hidden", phone: "0300 7654321" });
  const before = version + 1;
  /** Ways to the record that tell nothing of what is in it: they hold the restriction itself, or ask for a reason. */
  const around =
    /\/(privacy|restriction(\/end)?|access|access\/:accessId(\/end)?|emergency-access(\/end)?|glass-breaks|legal-hold(\/end)?)$/;
  const routes = app.routes.filter(
    ({ portal, path }) => portal === "hospital" && /\/patients\/:[a-zA-Z]+/.test(path) && !around.test(path),
  );
  const leaks: string[] = [];
  const tabs = ["visits", "problems", "results", "medications", "allergies", "immunizations", "procedures"];
  for (const { method, path } of routes)
    for (const tab of path.endsWith("/:tab") ? tabs : [""]) {
      const address = path
        .replace(/\/patients\/:[a-zA-Z]+/, `/patients/${id}`)
        .replace(":tab", tab)
        .replaceAll(/:[A-Za-z]+/g, "01980000-0000-7000-8000-000000000000");
      const api = path.startsWith("/api/");
      const fields = {
        ...{ reason: "to look", city: "Lahore", purpose: "subject", recipient: "the patient" },
        ...{ decision: "granted", givenBy: "patient", method: "written" },
      };
      const consent = { ...fields, purpose: "research" };
      const body = path.includes("consents") ? consent : fields;
      const isUpload = api && method === "POST" && path.endsWith("/documents");
      const answer =
        method === "GET"
          ? await admin.get(address)
          : isUpload
            ? await admin.send(address, {
                method,
                body: formOf(aPdf()),
              })
            : api
              ? await admin.send(address, { method, json: body })
              : await admin.submit("/patients", address, body);
      const text = await answer.text();
      const refused = api
        ? answer.status === 403 && text.includes("patient.restricted")
        : answer.status === 303 && (answer.headers.get("location") ?? "").includes("/emergency-access");
      if (!refused || text.includes("Hidden")) leaks.push(`${method} ${address}: ${answer.status}`);
    }
  expect(leaks).toEqual([]);
  expect(routes.length).toBeGreaterThan(18);
  await breakGlass(admin, id);
  const row = (await (await admin.get(`${patientsPath}/${id}`)).json()) as { version: number; city: null };
  expect([row.version, row.city]).toEqual([before, null]);
});

test("the glass opens the record to one person for an hour, on record and in the queue; the mail names no patient", async () => {
  const { id, mrn } = await restricted(admin, { lastName: "Zardari" });
  const answer = await breakGlass(doctor, id);
  expect(answer.status).toBe(201);
  const glass = (await answer.json()) as { id: string; expiresAt: string };
  expect(new Date(glass.expiresAt).getTime()).toBe(clock.now().getTime() + minutes(60));
  expect((await doctor.get(`${patientsPath}/${id}`)).status).toBe(200);
  expect((await doctor.get(`${patientsPath}/${id}/allergies`)).status).toBe(200);
  expect((await nurse.get(`${patientsPath}/${id}`)).status).toBe(403);
  expect(await eventsOf(hospital, glass.id)).toEqual(["patient.glass-broken"]);
  const queue = (await (await admin.get("/api/v1/tenant/glass-breaks?state=pending")).json()) as {
    items: { id: string; mrn: string; explanation: string }[];
  };
  expect(queue.items[0]).toMatchObject({ id: glass.id, mrn, explanation: inNeed.explanation });
  const { db, hospital: facts } = hospital.system();
  const [mail] = await db
    .select()
    .from(mailOutbox)
    .where(eq(mailOutbox.template, "access-alert"))
    .orderBy(desc(mailOutbox.createdAt), desc(mailOutbox.id));
  const text = facts.vault.unseal(mail?.sealedMessage ?? "");
  expect(text).toContain(glass.id);
  for (const told of ["Zardari", "Fatima", mrn, id]) expect(text).not.toContain(told);
  const again = await breakGlass(doctor, id);
  expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([200, glass.id]);
  await makeOlder(hospital, "glass_breaks", minutes(61));
  expect((await doctor.get(`${patientsPath}/${id}`)).status).toBe(403);
});

test("the page asks for a reason of ten characters, shows how long is left, and can be closed at once", async () => {
  const { id } = await restricted(admin, { lastName: "Hamdani" });
  const asked = await nurse.get(`/patients/${id}/results`);
  const where = asked.headers.get("location") ?? "";
  expect([asked.status, where]).toEqual([
    303,
    `/patients/${id}/emergency-access?returnTo=${encodeURIComponent(`/patients/${id}/results`)}`,
  ]);
  expect(await nurse.page(where)).not.toContain("Hamdani");
  const at = `/patients/${id}/emergency-access`;
  const short = await nurse.submit(where, at, { reason: "emergency", explanation: "now" });
  expect(short.status).toBe(422);
  const opened = await nurse.submit(where, at, { ...inNeed, returnTo: `/patients/${id}/results` });
  expect([opened.status, opened.headers.get("location")]).toEqual([303, `/patients/${id}/results`]);
  for (const path of ["", "/results", "/history", "/edit"])
    expect(await nurse.page(`/patients/${id}${path}`)).toContain("data-until=");
  const closed = await nurse.submit(`/patients/${id}`, `${at}/end`);
  expect(closed.status).toBe(303);
  expect((await nurse.get(`${patientsPath}/${id}`)).status).toBe(403);
});

test("lists and searches tell of a restricted record its number alone, or nothing", async () => {
  const { id, mrn } = await restricted(admin, {
    ...{ lastName: "Quereshimazari", phone: "0345 1122334", nationalId: "99887-7665" },
  });
  const found = async (query: string) =>
    (
      (await (await doctor.get(`${patientsPath}?${query}`)).json()) as {
        items: Record<string, unknown>[];
      }
    ).items.filter((row) => row["id"] === id);
  for (const query of ["limit=100", `search=${mrn}`, "sort=mrn&limit=100"])
    expect((await found(query))[0]).toMatchObject({
      ...{ mrn, firstName: null, lastName: null, bornOn: null, phone: null, sex: "unknown" },
      ...{ restricted: true, withheld: true },
    });
  for (const query of [
    "search=Quereshimazari",
    "search=Qureshimazari",
    "search=03451122334",
    "search=998877665",
    "sort=name&limit=100",
    "sort=born&limit=100",
    "sex=female&limit=100",
    "status=active&limit=100",
  ])
    expect([query, await found(query)]).toEqual([query, []]);
  for (const path of ["/", "/patients", `/patients?search=Quereshimazari`, "/patients?sort=name"])
    expect((await doctor.page(path)).split("Quereshimazari").length).toBe(
      path.includes("search")
        ? (await doctor.page("/patients?search=Nobodyatall")).split("Nobodyatall").length
        : 1,
    );
  const csv = await (await admin.get(`${patientsPath}/export.csv`)).text();
  expect(csv).toContain(mrn);
  expect(csv).not.toContain("Quereshimazari");
  await breakGlass(doctor, id);
  expect((await found("search=Quereshimazari"))[0]).toMatchObject({ lastName: "Quereshimazari" });
  const duplicate = await receptionist.send(`${patientsPath}?checkDuplicates=true`, {
    json: { firstName: "Fatima", lastName: "Quereshimazari", sex: "female", bornOn: "1990-01-02" },
  });
  const told = await duplicate.text();
  expect(duplicate.status).toBe(409);
  expect(told).toContain(mrn);
  expect(told).not.toContain("1122334");
});

test("people and departments named for a record open it, until their time is over or they are taken off", async () => {
  const { id } = await restricted(admin);
  const doctorId = await idOf(hospital, "doctor");
  const at = `${patientsPath}/${id}/access`;
  const until = new Date(clock.now().getTime() + minutes(30)).toISOString();
  expect((await admin.send(at, { json: { userId: doctorId, until } })).status).toBe(201);
  expect((await doctor.get(`${patientsPath}/${id}`)).status).toBe(200);
  const needless = await breakGlass(doctor, id);
  expect([needless.status, (await problemOf(needless)).code]).toEqual([409, "glass.not-needed"]);
  await makeOlder(hospital, "patient_access", minutes(31));
  expect((await doctor.get(`${patientsPath}/${id}`)).status).toBe(403);
  const own = await admin.send(at, { json: { userId: await idOf(hospital, "admin") } });
  expect([own.status, (await problemOf(own)).code]).toEqual([403, "privacy.own-access"]);
  const named = (await (await admin.send(at, { json: { userId: doctorId } })).json()) as {
    access: { id: string }[];
  };
  expect((await doctor.get(`${patientsPath}/${id}`)).status).toBe(200);
  await admin.send(`${at}/${named.access[0]?.id}`, { method: "DELETE" });
  expect((await doctor.get(`${patientsPath}/${id}`)).status).toBe(403);
  expect((await doctor.send(at, { json: { userId: doctorId } })).status).toBe(403);
});

test("nobody reviews their own opening; another's verdict is kept, and after seven days it is overdue", async () => {
  const { id } = await restricted(admin);
  const own = (await (await breakGlass(admin, id)).json()) as { id: string };
  const review = (glass: string, json: unknown) =>
    admin.send(`/api/v1/tenant/glass-breaks/${glass}/review`, { json });
  const judged = { verdict: "justified", note: "Was on call" };
  const refused = await review(own.id, judged);
  expect([refused.status, (await problemOf(refused)).code]).toEqual([403, "review.own"]);
  const theirs = (await (await breakGlass(nurse, id)).json()) as { id: string };
  await makeOlder(hospital, "glass_breaks", 8 * 24 * minutes(60));
  const overdue = (await (await admin.get("/api/v1/tenant/glass-breaks?state=overdue")).json()) as {
    items: { id: string; overdue: boolean }[];
  };
  expect(overdue.items.map((item) => item.id)).toContain(theirs.id);
  const verdict = await review(theirs.id, judged);
  expect([verdict.status, ((await verdict.json()) as { verdict: string }).verdict]).toEqual([
    200,
    "justified",
  ]);
  expect(await eventsOf(hospital, theirs.id)).toEqual(["patient.glass-broken", "patient.glass-reviewed"]);
  expect((await doctor.get("/privacy/reviews")).status).not.toBe(200);
});

test("a record that is not restricted costs no statement more", async () => {
  const { id } = await register(admin);
  const statements: string[] = [];
  const connections = createConnections({
    control: services.controlPlace,
    heard: (statement) => statements.push(statement),
  });
  try {
    const pool = connections.hospital(hospital.facts.place);
    const context = { ...hospital.system(), db: pool.db, actor: await actorOf(hospital, "doctor") };
    await requirePatientAccess(pool.db, context, { id, mrn: "1", restricted: false });
    expect(statements).toEqual([]);
    await getPatient(context, id);
    await listPatients(context, { limit: 1 });
    expect(statements.length).toBeGreaterThan(1);
    expect(statements.filter((one) => /may_open|patient_access|glass/.test(one))).toEqual([]);
  } finally {
    await connections.close();
  }
});

test("a program sees restricted records by its scope alone, support never", async () => {
  const { id } = await restricted(admin, { lastName: "Programless" });
  const some = { keyId: id, name: "Laboratory", kind: "key" } as const;
  const operator = { operatorId: id, grantId: id, sessionId: id, name: "Olga", email: "o@example.com" };
  const rights = ["patients:read", "clinical:read"];
  const plain = { ...some, permissions: new Set(rights) };
  const scoped = { ...some, permissions: new Set([...rights, "patients:restricted"]) };
  const support = {
    ...{ kind: "support" as const, ...operator, permissions: scoped.permissions, until: clock.now() },
  };
  for (const actor of [plain, support]) {
    const context = { ...hospital.system(), actor };
    expect(await getPatient(context, id).catch((error: { code: string }) => error.code)).toBe(
      "patient.not-found",
    );
    const { items } = await listPatients(context, { limit: 100 });
    expect(items.filter((item) => item.id === id || item.restricted)).toEqual([]);
  }
  const context = { ...hospital.system(), actor: scoped };
  expect((await getPatient(context, id)).lastName).toBe("Programless");
  const { items } = await listPatients(context, { search: "Programless" });
  expect(items.map((item) => item.lastName)).toEqual(["Programless"]);
});
