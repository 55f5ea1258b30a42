import { and, eq, isNull, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { patientRestrictions } from "../../../db/schema/hospital/privacy.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { lockGuard } from "./guarded.ts";
import { aboutPatient, type PatientPrivacy, readPrivacy } from "./patient-privacy.ts";

const tidy = (text: string) => text.normalize("NFC").replace(/\s+/gu, " ").trim();

function reasonOf(given: string): string {
  const reason = tidy(given);
  if (reason.length < 3) throw invalidField("reason", "required", "Say why; it is kept with the record.");
  return reason;
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
    await audit(tx, context, { event: "patient.restricted", ...aboutPatient(patient.id), reason });
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
    await audit(tx, context, { event: "patient.restriction-lifted", ...aboutPatient(patient.id), reason });
  });
  return readPrivacy(context, id);
}

/** The flag is part of the row, so that it is read with it; the row's version moves on with it. */
async function mark(tx: HospitalTx, { clock }: HospitalContext, id: string, restricted: boolean) {
  await tx
    .update(patients)
    .set({ restricted, version: sql`${patients.version} + 1`, updatedAt: clock.now() })
    .where(eq(patients.id, id));
}
