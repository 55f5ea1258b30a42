import { and, eq, isNull } from "drizzle-orm";
import { legalHolds } from "../../../db/schema/hospital/retention.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { guardOf, lockGuard } from "../privacy/guarded.ts";

export interface LegalHold {
  readonly reason: string;
  readonly placedByName: string;
  readonly placedAt: Date;
}

const standing = (patientId: string) => and(eq(legalHolds.patientId, patientId), isNull(legalHolds.liftedAt));

/** Why a record may not be erased; null where it may. @throws AppError not-found (404); forbidden (403). */
export async function readLegalHold(context: HospitalContext, id: string): Promise<LegalHold | null> {
  authorize(context.actor, "retention:read");
  const patient = await guardOf(context.db, id);
  const [row] = await context.db
    .select({
      reason: legalHolds.reason,
      placedByName: legalHolds.placedByName,
      placedAt: legalHolds.placedAt,
    })
    .from(legalHolds)
    .where(standing(patient.id));
  return row ?? null;
}

/**
 * Holds a record: nothing erases it until the hold is lifted. Held already, nothing changes.
 * @throws AppError not-found (404); invalid (422) without a reason; forbidden (403).
 */
export async function placeLegalHold(context: HospitalContext, id: string, given: string): Promise<void> {
  authorize(context.actor, "retention:edit");
  const reason = given.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (reason.length < 3) throw invalidField("reason", "required", "Say why; it is kept with the record.");
  await context.write(async (tx) => {
    const { id: patientId } = await lockGuard(tx, id);
    const [held] = await tx.select({ id: legalHolds.id }).from(legalHolds).where(standing(patientId));
    if (held !== undefined) return;
    await tx.insert(legalHolds).values({
      ...{ patientId, reason, placedBy: staffIdOf(context.actor), placedByName: context.actor.name },
      placedAt: context.clock.now(),
    });
    await audit(tx, context, {
      ...{ event: "patient.held", entity: "patient", entityId: patientId, patientId, reason },
    });
  });
}

/** Lifts a hold. @throws AppError not-found (404); forbidden (403). */
export async function liftLegalHold(context: HospitalContext, id: string): Promise<void> {
  authorize(context.actor, "retention:edit");
  await context.write(async (tx) => {
    const { id: patientId } = await lockGuard(tx, id);
    const lifted = await tx
      .update(legalHolds)
      .set({ liftedAt: context.clock.now(), liftedByName: context.actor.name })
      .where(standing(patientId))
      .returning({ id: legalHolds.id });
    if (lifted.length > 0)
      await audit(tx, context, {
        ...{ event: "patient.hold-lifted", entity: "patient", entityId: patientId, patientId },
      });
  });
}
