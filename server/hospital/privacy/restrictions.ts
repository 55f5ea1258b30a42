import { and, asc, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { patientAccess, patientRestrictions } from "../../../db/schema/hospital/privacy.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { guardOf, lockGuard } from "./guarded.ts";
import type { AccessInput } from "./privacy.input.ts";

export interface GrantedAccess {
  readonly id: string;
  readonly userId: string | null;
  readonly departmentId: string | null;
  readonly name: string;
  readonly until: Date | null;
  readonly grantedByName: string;
  readonly grantedAt: Date;
}

/** Whether a record is restricted, why, and who may open it. Nothing of what is in it. */
export interface PatientPrivacy {
  readonly patientId: string;
  readonly mrn: string;
  readonly restricted: boolean;
  readonly reason: string | null;
  readonly setByName: string | null;
  readonly setAt: Date | null;
  readonly access: readonly GrantedAccess[];
}

const tidy = (text: string) => text.normalize("NFC").replace(/\s+/gu, " ").trim();

function reasonOf(given: string): string {
  const reason = tidy(given);
  if (reason.length < 3) throw invalidField("reason", "required", "Say why; it is kept with the record.");
  return reason;
}

/** How a record is restricted and to whom it is open. @throws AppError not-found (404); forbidden (403). */
export async function readPrivacy(context: HospitalContext, id: string): Promise<PatientPrivacy> {
  authorize(context.actor, "patients:restrict");
  const { db, clock } = context;
  const patient = await guardOf(db, id);
  const [[restriction], access] = await Promise.all([
    db
      .select()
      .from(patientRestrictions)
      .where(and(eq(patientRestrictions.patientId, patient.id), isNull(patientRestrictions.liftedAt))),
    db
      .select({
        id: patientAccess.id,
        userId: patientAccess.userId,
        departmentId: patientAccess.departmentId,
        name: sql<string>`coalesce(${users.name}, ${departments.name}, '')`,
        until: patientAccess.until,
        grantedByName: patientAccess.grantedByName,
        grantedAt: patientAccess.grantedAt,
      })
      .from(patientAccess)
      .leftJoin(users, eq(users.id, patientAccess.userId))
      .leftJoin(departments, eq(departments.id, patientAccess.departmentId))
      .where(
        and(
          eq(patientAccess.patientId, patient.id),
          isNull(patientAccess.revokedAt),
          or(isNull(patientAccess.until), gt(patientAccess.until, clock.now())),
        ),
      )
      .orderBy(asc(patientAccess.grantedAt), asc(patientAccess.id)),
  ]);
  return {
    ...{ patientId: patient.id, mrn: patient.mrn, restricted: patient.restricted },
    reason: restriction?.reason ?? null,
    setByName: restriction?.setByName ?? null,
    setAt: restriction?.setAt ?? null,
    access,
  };
}

/**
 * Restricts a record: from now on only those named for it open it, whoever else breaks the glass. Who restricts it
 * is not by that named for it. Restricting it again changes nothing.
 * @throws AppError not-found (404); invalid (422) without a reason; forbidden (403).
 */
export async function restrictPatient(
  context: HospitalContext,
  id: string,
  given: string,
): Promise<PatientPrivacy> {
  authorize(context.actor, "patients:restrict");
  const reason = reasonOf(given);
  await context.write(async (tx) => {
    const patient = await lockGuard(tx, id);
    if (patient.restricted) return;
    await tx.insert(patientRestrictions).values({
      ...{ patientId: patient.id, reason, setBy: staffIdOf(context.actor), setByName: context.actor.name },
      setAt: context.clock.now(),
    });
    await mark(tx, context, patient.id, true);
    await audit(tx, context, { event: "patient.restricted", ...about(patient.id), reason });
  });
  return readPrivacy(context, id);
}

/** Lifts a restriction; who was named for the record stays on its list. @throws AppError as `restrictPatient`. */
export async function liftRestriction(
  context: HospitalContext,
  id: string,
  given: string,
): Promise<PatientPrivacy> {
  authorize(context.actor, "patients:restrict");
  const reason = reasonOf(given);
  await context.write(async (tx) => {
    const patient = await lockGuard(tx, id);
    if (!patient.restricted) return;
    await tx
      .update(patientRestrictions)
      .set({
        ...{ liftedBy: staffIdOf(context.actor), liftedByName: context.actor.name },
        ...{ liftedAt: context.clock.now(), liftReason: reason },
      })
      .where(and(eq(patientRestrictions.patientId, patient.id), isNull(patientRestrictions.liftedAt)));
    await mark(tx, context, patient.id, false);
    await audit(tx, context, { event: "patient.restriction-lifted", ...about(patient.id), reason });
  });
  return readPrivacy(context, id);
}

const about = (patientId: string) => ({ entity: "patient", entityId: patientId, patientId });

/** The flag is part of the row, so that it is read with it; the row's version moves on with it. */
async function mark(tx: HospitalTx, { clock }: HospitalContext, id: string, restricted: boolean) {
  await tx
    .update(patients)
    .set({ restricted, version: sql`${patients.version} + 1`, updatedAt: clock.now() })
    .where(eq(patients.id, id));
}

/**
 * Names a person or a department that may open the record. Nobody names themselves: that would be a way round the
 * glass. @throws AppError not-found (404); invalid (422) naming the field; forbidden (403).
 */
export async function grantAccess(
  context: HospitalContext,
  id: string,
  input: AccessInput,
): Promise<PatientPrivacy> {
  authorize(context.actor, "patients:restrict");
  const { userId = null, departmentId = null } = input;
  const now = context.clock.now();
  const until = input.until === undefined ? null : new Date(input.until);
  if ((userId === null) === (departmentId === null))
    throw invalidField("userId", "required", "Choose a person or a department.");
  if (until !== null && until <= now) throw invalidField("until", "in-the-past", "This lies in the past.");
  await context.write(async (tx) => {
    const patient = await lockGuard(tx, id);
    await mustBeAnother(tx, context, userId, departmentId);
    await tx.insert(patientAccess).values({
      ...{ patientId: patient.id, userId, departmentId, until },
      ...{ grantedBy: staffIdOf(context.actor), grantedByName: context.actor.name, grantedAt: now },
    });
    await audit(tx, context, {
      event: "patient.access-granted",
      ...about(patient.id),
      details: { userId, departmentId, until: until?.toISOString() ?? null },
    });
  });
  return readPrivacy(context, id);
}

async function mustBeAnother(
  tx: HospitalTx,
  { actor }: HospitalContext,
  userId: string | null,
  departmentId: string | null,
): Promise<void> {
  const own = () =>
    new AppError(
      "forbidden",
      "privacy.own-access",
      "Nobody names themselves or their own department. Ask a colleague, or give a reason to open the record.",
    );
  const staffId = staffIdOf(actor);
  if (userId !== null) {
    if (userId === staffId) throw own();
    const [person] = await tx.select({ id: users.id }).from(users).where(eq(users.id, userId));
    if (person === undefined) throw invalidField("userId", "not-found", "There is no such person.");
  }
  if (departmentId !== null) {
    const [department] = await tx
      .select({ id: departments.id })
      .from(departments)
      .where(eq(departments.id, departmentId));
    if (department === undefined)
      throw invalidField("departmentId", "not-found", "There is no such department.");
    const [self] =
      staffId === null
        ? []
        : await tx.select({ departmentId: users.departmentId }).from(users).where(eq(users.id, staffId));
    if (self?.departmentId === departmentId) throw own();
  }
}

/** Takes a person or a department off the list; it counts at the next request. @throws AppError not-found (404). */
export async function revokeAccess(
  context: HospitalContext,
  id: string,
  accessId: string,
): Promise<PatientPrivacy> {
  authorize(context.actor, "patients:restrict");
  await context.write(async (tx) => {
    const patient = await lockGuard(tx, id);
    if (!isId(accessId)) throw notFound("access");
    const [row] = await tx
      .update(patientAccess)
      .set({ revokedAt: context.clock.now(), revokedBy: staffIdOf(context.actor) })
      .where(
        and(
          eq(patientAccess.id, accessId),
          eq(patientAccess.patientId, patient.id),
          isNull(patientAccess.revokedAt),
        ),
      )
      .returning({ userId: patientAccess.userId, departmentId: patientAccess.departmentId });
    if (row === undefined) throw notFound("access");
    await audit(tx, context, { event: "patient.access-revoked", ...about(patient.id), details: row });
  });
  return readPrivacy(context, id);
}

/** Whom one may name: people who work here, and departments in use. @throws AppError forbidden (403). */
export async function nameableFor(context: HospitalContext): Promise<{
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly departments: readonly { readonly id: string; readonly name: string }[];
}> {
  authorize(context.actor, "patients:restrict");
  const [people, rooms] = await Promise.all([
    context.db
      .select({ id: users.id, name: users.name })
      .from(users)
      .where(eq(users.status, "active"))
      .orderBy(asc(users.name))
      .limit(1000),
    context.db
      .select({ id: departments.id, name: departments.name })
      .from(departments)
      .where(eq(departments.active, true))
      .orderBy(asc(departments.name)),
  ]);
  const self = staffIdOf(context.actor);
  return { people: people.filter(({ id }) => id !== self), departments: rooms };
}
