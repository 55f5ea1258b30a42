import { eq } from "drizzle-orm";
import { patients } from "../../db/schema/hospital/patients.ts";
import { AppError } from "../errors.ts";
import { normalizeMrn } from "../hospital/patients/mrn.ts";
import type { HospitalContext } from "../tenancy/context.ts";

/** A record by its number, that of a deleted patient too: it is there until it is erased. @throws AppError not-found. */
export async function recordIdOf(context: HospitalContext, mrn: string): Promise<string> {
  const [row] = await context.db
    .select({ id: patients.id })
    .from(patients)
    .where(eq(patients.mrn, normalizeMrn(mrn)));
  if (row === undefined)
    throw new AppError("not-found", "patient.not-found", `There is no record with the number ${mrn}.`);
  return row.id;
}
