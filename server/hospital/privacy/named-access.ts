import { and, asc, eq, isNull } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { patientAccess } from "../../../db/schema/hospital/privacy.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { lockGuard } from "./guarded.ts";
import { aboutPatient, type PatientPrivacy, readPrivacy } from "./patient-privacy.ts";
import type { AccessInput } from "./privacy.input.ts";

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
      ...aboutPatient(patient.id),
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
    await audit(tx, context, { event: "patient.access-revoked", ...aboutPatient(patient.id), details: row });
  });
  return readPrivacy(context, id);
}

/** Whom one may name: people who work here, and departments in use. @throws AppError forbidden (403). */
export async function nameableFor(context: HospitalContext): Promise<{
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly departments: readonly { readonly id: string; readonly key: string; readonly name: string }[];
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
      .select({ id: departments.id, key: departments.key, name: departments.name })
      .from(departments)
      .where(eq(departments.active, true))
      .orderBy(asc(departments.name)),
  ]);
  const self = staffIdOf(context.actor);
  return { people: people.filter(({ id }) => id !== self), departments: rooms };
}
