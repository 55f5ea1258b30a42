import { and, eq } from "drizzle-orm";
import { auditLog } from "../../../db/schema/hospital/audit.ts";
import { limits } from "../../../db/schema/hospital/settings.ts";
import type { TestHospital } from "../../support/app.ts";
import type { Client } from "../../support/client.ts";

export const patientsPath = "/api/v1/tenant/patients";

/** A patient as the API takes one, complete. */
export function aPatient(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { firstName: "Fatima", lastName: "Sheikh", sex: "female", bornOn: "1990-01-02", ...more };
}

export interface PatientAnswer {
  readonly id: string;
  readonly mrn: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly bornOn: string | null;
  readonly bornOnEstimated: boolean;
  readonly phone: string | null;
  readonly notes: string | null;
  readonly status: string;
  readonly overLimit: boolean;
  readonly deletedAt: string | null;
  readonly version: number;
}

/** Registers by the API; fails where that is refused. */
export async function register(
  client: Client,
  more: Readonly<Record<string, unknown>> = {},
): Promise<PatientAnswer> {
  const response = await client.send(patientsPath, { json: aPatient(more) });
  if (response.status !== 201) throw new Error(`Registering answered ${response.status}.`);
  return (await response.json()) as PatientAnswer;
}

export interface ProblemAnswer {
  readonly status: number;
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function problemOf(response: Response): Promise<ProblemAnswer> {
  return (await response.json()) as ProblemAnswer;
}

/** The acts that the audit has on one record, oldest first; looks at it are left out. */
export async function eventsOf(hospital: TestHospital, entityId: string): Promise<readonly string[]> {
  const rows = await hospital
    .system()
    .db.select({ event: auditLog.event })
    .from(auditLog)
    .where(and(eq(auditLog.entityId, entityId), eq(auditLog.read, false)))
    .orderBy(auditLog.id);
  return rows.map((row) => row.event);
}

/** Sets how many of a resource the hospital's plan allows, counted from what is used now. */
export async function leave(
  hospital: TestHospital,
  resource: "patients" | "users",
  places: number | null,
): Promise<void> {
  await hospital.system().write(async (tx) => {
    const [row] = await tx.select().from(limits).where(eq(limits.resource, resource));
    const allowed = places === null ? null : (row?.used ?? 0) + places;
    await tx.update(limits).set({ allowed }).where(eq(limits.resource, resource));
  });
}

export async function usedOf(hospital: TestHospital, resource: "patients" | "users"): Promise<number> {
  const [row] = await hospital.system().db.select().from(limits).where(eq(limits.resource, resource));
  return row?.used ?? 0;
}
