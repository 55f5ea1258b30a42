import { eq } from "drizzle-orm";
import type { HospitalDb, HospitalTx } from "../../../db/planes.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { GuardedPatient } from "./access.ts";

const columns = { id: patients.id, mrn: patients.mrn, restricted: patients.restricted };

/** What guards a record, told without opening it. @throws AppError not-found (404). */
// open: part of rules that have authorized
export async function guardOf(db: HospitalDb, id: string): Promise<GuardedPatient> {
  const [row] = isId(id) ? await db.select(columns).from(patients).where(eq(patients.id, id)) : [];
  if (row === undefined) throw notFound("patient");
  return row;
}

/** The same, held until the transaction ends. @throws AppError not-found (404). */
// open: part of rules that have authorized
export async function lockGuard(tx: HospitalTx, id: string): Promise<GuardedPatient> {
  if (!isId(id)) throw notFound("patient");
  const [row] = await tx.select(columns).from(patients).where(eq(patients.id, id)).for("update");
  if (row === undefined) throw notFound("patient");
  return row;
}
