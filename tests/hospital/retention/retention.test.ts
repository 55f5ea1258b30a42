import { expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { erasures } from "../../../db/schema/hospital/retention.ts";
import { patientTables } from "../../../server/hospital/retention/classes.ts";
import { testApp } from "../../support/app.ts";
import { eventsOf, patientsPath, problemOf, register } from "../patients/support.ts";

const { newHospital } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const at = "/api/v1/tenant/retention";

interface Policies {
  readonly items: readonly {
    readonly recordClass: string;
    readonly keepDays: number | null;
    readonly due: number | null;
  }[];
}

const policyOf = async (name: string) =>
  ((await (await admin.get(at)).json()) as Policies).items.find(({ recordClass }) => recordClass === name);

test("every table that holds something of a patient is erased with them or kept on purpose", async () => {
  const rows = await hospital.system().db.execute<{ name: string }>(sql`
    select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname = 'patient_id' and not a.attisdropped`);
  const kept = ["audit_log", "erasures", "portal_audit"];
  const names = Array.from(rows as Iterable<{ name: string }>, ({ name }) => name);
  expect(names.filter((name) => !kept.includes(name)).sort()).toEqual([...patientTables].sort());
});

test("a deleted patient goes only by a policy of the legal minimum, never on hold, and leaves a record of it", async () => {
  const { id, mrn } = await register(admin);
  const held = await register(admin);
  await admin.send(`${patientsPath}/${id}/consents`, {
    json: { purpose: "research", decision: "granted", givenBy: "patient", method: "verbal" },
  });
  for (const one of [id, held.id])
    await admin.send(`${patientsPath}/${one}`, { method: "DELETE", json: { reason: "moved away" } });
  await admin.submit(`/patients/${held.id}/privacy`, `/patients/${held.id}/legal-hold`, {
    reason: "a claim",
  });
  await hospital.system().db.execute(sql`
    update patients set deleted_at = now() - interval '9 years', updated_at = now() - interval '9 years'
    where id in (${id}, ${held.id})`);
  expect(await policyOf("deleted-patients")).toMatchObject({ keepDays: null, due: 0 });
  expect((await admin.send(`${at}/clean-ups`, { method: "POST" })).status).toBe(201);
  expect((await admin.get(`${patientsPath}/${id}`)).status).toBe(200);
  const tooShort = await admin.send(`${at}/deleted-patients`, { method: "PUT", json: { keepDays: 30 } });
  expect([tooShort.status, (await problemOf(tooShort)).errors?.[0]?.field]).toEqual([422, "keepDays"]);
  const audit = await admin.send(`${at}/audit`, { method: "PUT", json: { keepDays: 4000 } });
  expect(audit.status).toBe(409);
  await admin.send(`${at}/deleted-patients`, { method: "PUT", json: { keepDays: 2922 } });
  expect((await policyOf("deleted-patients"))?.due).toBe(1);
  const done = await admin.send(`${at}/clean-ups`, { method: "POST" });
  expect(((await done.json()) as { counts: Record<string, number> }).counts["deleted-patients"]).toBe(1);
  expect((await admin.get(`${patientsPath}/${id}`)).status).toBe(404);
  expect((await admin.get(`${patientsPath}/${held.id}`)).status).toBe(200);
  const [erased] = await hospital.system().db.select().from(erasures).where(eq(erasures.patientId, id));
  expect(erased).toMatchObject({ mrn, counts: { consents: 1, patients: 1 } });
  expect((await eventsOf(hospital, id)).at(-1)).toBe("patient.erased");
});

test("the page shows what would go; who may not change it is refused", async () => {
  expect(await admin.page("/privacy/retention")).toContain("Deleted patients");
  const bad = await admin.submit("/privacy/retention", "/privacy/retention/sessions", { keepDays: "1" });
  expect(bad.status).toBe(422);
  const doctor = await hospital.as("doctor");
  expect((await doctor.get(at)).status).toBe(403);
  expect((await doctor.send(`${at}/clean-ups`, { method: "POST" })).status).toBe(403);
});
