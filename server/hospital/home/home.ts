import { and, gte, inArray, isNull, sql } from "drizzle-orm";
import { importRuns } from "../../../db/schema/hospital/import-runs.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { limits } from "../../../db/schema/hospital/settings.ts";
import { may } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { listPatients, type PatientListItem } from "../patients/patients-list.ts";
import { dayOf, startOfDay } from "../patients/zone-days.ts";

interface Usage {
  readonly used: number;
  /** Null: the plan sets no limit. */
  readonly allowed: number | null;
}

/** What a person's home shows; null where it is not for their eyes. */
export interface HomeFacts {
  readonly patients: (Usage & { readonly today: number }) | null;
  readonly latest: readonly PatientListItem[] | null;
  readonly users: Usage | null;
  /** Imports waiting or running. */
  readonly imports: number | null;
}

/** The figures that matter to who asks, by what their role may see. "Today" is the hospital's own day. */
// open: each figure is read only where its own permission is held
export async function readHome(context: HospitalContext): Promise<HomeFacts> {
  const { actor, db, hospital, clock } = context;
  const seesPatients = may(actor, "patients:read");
  const startOfToday = startOfDay(hospital.timeZone, dayOf(hospital.timeZone, clock.now()));
  const [usage, today, latest, running] = await Promise.all([
    db.select({ resource: limits.resource, used: limits.used, allowed: limits.allowed }).from(limits),
    seesPatients
      ? db
          .select({ n: sql<number>`count(*)::int` })
          .from(patients)
          .where(and(isNull(patients.deletedAt), gte(patients.createdAt, startOfToday)))
      : null,
    seesPatients ? listPatients(context, { limit: 6 }) : null,
    may(actor, "patients:import")
      ? db
          .select({ n: sql<number>`count(*)::int` })
          .from(importRuns)
          .where(inArray(importRuns.status, ["waiting", "running"]))
      : null,
  ]);
  const usageOf = (resource: "patients" | "users"): Usage => {
    const row = usage.find((one) => one.resource === resource);
    return { used: row?.used ?? 0, allowed: row?.allowed ?? null };
  };
  return {
    patients: today === null ? null : { ...usageOf("patients"), today: today[0]?.n ?? 0 },
    latest: latest?.items ?? null,
    users: may(actor, "users:read") ? usageOf("users") : null,
    imports: running === null ? null : (running[0]?.n ?? 0),
  };
}
