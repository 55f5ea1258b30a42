import { and, eq, sql } from "drizzle-orm";
import { flatRows } from "../../../db/flat-rows.ts";
import type { HospitalDb, HospitalTx } from "../../../db/planes.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { audit } from "../../audit/audit.ts";
import { auditLook } from "../../audit/reads.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { AppError, notFound, rowChanged } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { claimBeyondLimit, claimLimit } from "../../tenancy/limits.ts";
import { requirePatientAccess } from "../privacy/access.ts";
import { mintMrns } from "./mrn.ts";
import { valuesToChange, valuesToRegister } from "./patient-facts.ts";
import { patientColumns } from "./patients.columns.ts";
import type { ChangeInput, RegisterInput } from "./patients.input.ts";

/** A patient in full. */
export type Patient = Awaited<ReturnType<ReturnType<typeof selectOne>["execute"]>>[number];

const selectOne = (db: HospitalDb) =>
  flatRows(
    db
      .select(patientColumns)
      .from(patients)
      .where(eq(patients.id, sql.placeholder("id")))
      .prepare("one_patient"),
  );

const prepared = new WeakMap<HospitalDb, ReturnType<typeof selectOne>>();

async function findPatient(db: HospitalDb, id: string): Promise<Patient | undefined> {
  if (!isId(id)) return undefined;
  let statement = prepared.get(db);
  if (statement === undefined) {
    statement = selectOne(db);
    prepared.set(db, statement);
  }
  const [row] = await statement.execute({ id });
  return row;
}

/**
 * Registers a patient and gives them a record number. An emergency is never refused for the plan's limit: it is
 * counted and flagged.
 * @throws AppError invalid (422) naming fields; payment-required (402) `limit.patients`; forbidden (403).
 */
export async function registerPatient(context: HospitalContext, input: RegisterInput): Promise<Patient> {
  authorize(context.actor, "patients:register");
  const now = context.clock.now();
  const values = valuesToRegister(input, { now, zone: context.hospital.timeZone });
  return context.write(async (tx) => {
    const overLimit = await claimPlace(tx, input.emergency === true);
    const [mrn = ""] = await mintMrns(tx, 1);
    const [row] = await tx
      .insert(patients)
      .values({
        ...values,
        mrn,
        overLimit,
        createdBy: staffIdOf(context.actor),
        createdAt: now,
        updatedAt: now,
      })
      .returning(patientColumns);
    if (row === undefined) throw new Error("An inserted patient came back empty.");
    await audit(tx, context, {
      event: "patient.registered",
      entity: "patient",
      entityId: row.id,
      patientId: row.id,
      details: { mrn, ...(input.emergency === true ? { emergency: true, overLimit } : {}) },
    });
    return row;
  });
}

async function claimPlace(tx: HospitalTx, emergency: boolean): Promise<boolean> {
  if (emergency) return claimBeyondLimit(tx, "patients");
  await claimLimit(tx, "patients");
  return false;
}

/**
 * One patient, deleted ones too (they say so). That they were looked at is noted before they are shown; `part` names
 * the part of the record that is. @throws AppError not-found (404); forbidden (403) `patient.restricted`.
 */
export async function getPatient(context: HospitalContext, id: string, part?: string): Promise<Patient> {
  authorize(context.actor, "patients:read");
  const row = await findPatient(context.db, id);
  if (row === undefined) throw notFound("patient");
  await requirePatientAccess(context.db, context, row);
  await auditLook(context, row.id, part);
  return row;
}

/**
 * Changes what is known of a patient. `version` is the row's as the person saw it; where it moved on meanwhile,
 * nothing is changed. Left out, the newest is changed.
 * @throws AppError not-found (404); precondition-failed (412) `row.changed`; conflict (409) `patient.deleted`; invalid (422).
 */
export async function updatePatient(
  context: HospitalContext,
  id: string,
  input: ChangeInput,
  version?: number,
): Promise<Patient> {
  authorize(context.actor, "patients:update");
  if (!isId(id)) throw notFound("patient");
  const now = context.clock.now();
  return context.write(async (tx) => {
    const [current] = await tx.select(patientColumns).from(patients).where(eq(patients.id, id)).for("update");
    if (current === undefined) throw notFound("patient");
    await requirePatientAccess(tx, context, current);
    refuseStale(current, version);
    if (current.deletedAt !== null)
      throw new AppError(
        "conflict",
        "patient.deleted",
        "This record is deleted. Restore it before changing it.",
      );
    const values = valuesToChange(input, current, { now, zone: context.hospital.timeZone });
    const changed = Object.entries(values)
      .filter(([field, value]) => !same(current[field as keyof Patient], value))
      .map(([field]) => field);
    if (changed.length === 0) return current;
    const [row] = await tx
      .update(patients)
      .set({ ...values, version: sql`${patients.version} + 1`, updatedAt: now })
      .where(and(eq(patients.id, id), eq(patients.version, current.version)))
      .returning(patientColumns);
    if (row === undefined) throw rowChanged();
    await audit(tx, context, {
      event: "patient.updated",
      entity: "patient",
      entityId: id,
      patientId: id,
      details: { fields: changed },
    });
    return row;
  });
}

function same(before: unknown, after: unknown): boolean {
  return before instanceof Date && after instanceof Date
    ? before.getTime() === after.getTime()
    : before === after;
}

/** @throws AppError precondition-failed (412) where a version is asked for and the row has another. */
export function refuseStale(row: { readonly version: number }, version: number | undefined): void {
  if (version !== undefined && row.version !== version) throw rowChanged();
}
