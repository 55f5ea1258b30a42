import { AppError } from "../errors.ts";
import { findByMrn } from "../hospital/patients/patients-list.ts";
import type { HospitalContext } from "../tenancy/context.ts";

/** A patient, named by record number. @throws AppError not-found. */
export async function patientIdOf(context: HospitalContext, mrn: string): Promise<string> {
  const id = await findByMrn(context, mrn);
  if (id === null)
    throw new AppError("not-found", "patient.not-found", `There is no record with the number ${mrn}.`);
  return id;
}
