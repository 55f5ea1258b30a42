import { and, asc, eq, gt, isNull, or, sql } from "drizzle-orm";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { patientAccess, patientRestrictions } from "../../../db/schema/hospital/privacy.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { guardOf } from "./guarded.ts";

export interface GrantedAccess {
  readonly id: string;
  readonly userId: string | null;
  readonly departmentId: string | null;
  readonly departmentKey: string | null;
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
        departmentKey: departments.key,
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

/** What an audit row of a record's privacy is about. */
export const aboutPatient = (patientId: string) => ({ entity: "patient", entityId: patientId, patientId });
