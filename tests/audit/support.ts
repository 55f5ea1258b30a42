import type postgres from "postgres";
import { openClient } from "../../db/connect.ts";
import type { AuditVerdict } from "../../server/audit/verdict.ts";
import { verifyHospitalAudit } from "../../server/bridge/audit.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import type { TestApp, TestHospital } from "../support/app.ts";

/** A hospital's database as one who rules it and has no key of the app's. */
export interface Ruler {
  readonly sql: postgres.Sql;
  verify(): Promise<AuditVerdict>;
  /** Notes what lies there now. */
  keep(): Promise<void>;
  /** Puts back what was noted. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function rulerOf(app: TestApp, hospital: TestHospital): Promise<Ruler> {
  const { primaryAdmin } = await placesOf(app.services, hospital.id);
  const sql = openClient(primaryAdmin, { max: 1 });
  return {
    sql,
    verify: () => verifyHospitalAudit(app.services, systemOwner(app.services, "tests"), hospital.id),
    async keep() {
      await sql.unsafe(`drop table if exists public.kept_rows, public.kept_lanes;
        create table public.kept_rows as select * from audit_log;
        create table public.kept_lanes as select * from audit_lanes`);
    },
    async restore() {
      await sql.unsafe(`delete from audit_log; select audit_make_months('audit_log');
        insert into audit_log select * from public.kept_rows;
        delete from audit_lanes; insert into audit_lanes select * from public.kept_lanes`);
    },
    close: () => sql.end({ timeout: 1 }),
  };
}
