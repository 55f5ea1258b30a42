import { expect, setDefaultTimeout, test } from "bun:test";
import { auditLook, writeLooks } from "../../server/audit/reads.ts";
import { verifyHospitalAudit } from "../../server/bridge/audit.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import type { HospitalContext } from "../../server/tenancy/context.ts";
import { testApp } from "../support/app.ts";
import { rulerOf } from "./support.ts";

setDefaultTimeout(60_000);

test("while looks cannot be written nothing more is shown; what was shown is written once that is mended", async () => {
  const app = await testApp();
  const hospital = await app.newHospital();
  const ruler = await rulerOf(app, hospital);
  const person = { kind: "user", userId: Bun.randomUUIDv7(), name: "Nora Nurse" } as const;
  const context = () => ({ ...hospital.system(), actor: person }) as unknown as HospitalContext;
  const patientId = Bun.randomUUIDv7();
  const count = async () => {
    const [row] = await ruler.sql<{ n: number }[]>`
      select count(*)::int as n from audit_log where patient_id = ${patientId}`;
    return row?.n;
  };
  await ruler.sql.unsafe("alter table audit_log rename to audit_log_away");
  for (let n = 0; n < 5; n += 1) await auditLook(context(), patientId);
  expect(writeLooks(hospital.id)).rejects.toThrow();
  await writeLooks(hospital.id).catch(() => {});
  expect(auditLook(context(), patientId)).rejects.toThrow();
  await auditLook(context(), patientId).catch(() => {});
  await ruler.sql.unsafe("alter table audit_log_away rename to audit_log");
  await auditLook(context(), patientId);
  await writeLooks(hospital.id);
  // Five that were shown, two that were refused, and the one that mended it.
  expect(await count()).toBe(8);
  const verdict = await verifyHospitalAudit(app.services, systemOwner(app.services, "tests"), hospital.id);
  expect(verdict.broken).toEqual([]);
  await ruler.close();
});
