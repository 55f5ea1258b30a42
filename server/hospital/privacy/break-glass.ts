import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { glassBreaks } from "../../../db/schema/hospital/privacy.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, type UserActor } from "../../auth/permissions.ts";
import { AppError, invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { openableOf } from "./access.ts";
import { alertHolders } from "./alert-holders.ts";
import { guardOf, lockGuard } from "./guarded.ts";
import type { BreakInput } from "./privacy.input.ts";

/** How long one reason opens a record for one person. */
export const glassMinutes = 60;
const explainedBy = 10;

/** A record that a person has opened by giving a reason. */
export interface OpenGlass {
  readonly id: string;
  readonly patientId: string;
  readonly expiresAt: Date;
}

function personOf({ actor }: HospitalContext): UserActor {
  if (actor.kind === "user") return actor;
  throw new AppError(
    "forbidden",
    "glass.people-only",
    "Only a member of staff can open a restricted record.",
  );
}

/**
 * Opens a restricted record to one person for an hour, for a reason that others will read. While it is open
 * already, nothing more is written; the record of those named for it is open to them as it is.
 * Those who review are told by mail, which names no patient, and find it in their queue.
 * @returns the opening, and whether it is new.
 * @throws AppError forbidden (403); not-found (404); invalid (422) without a reason of at least ten characters;
 *   conflict (409) `glass.not-needed` where the record is open to them anyway.
 */
export async function breakGlass(
  context: HospitalContext,
  id: string,
  input: BreakInput,
): Promise<OpenGlass & { readonly isNew: boolean }> {
  authorize(context.actor, "patients:break-glass");
  authorize(context.actor, "patients:read");
  const person = personOf(context);
  const explanation = input.explanation
    .normalize("NFC")
    .replace(/[^\S\n]+/gu, " ")
    .trim();
  if (Array.from(explanation).length < explainedBy)
    throw invalidField(
      "explanation",
      "too-short",
      "Say in a sentence why you need this record (10 characters).",
    );
  const now = context.clock.now();
  return context.write(async (tx) => {
    const patient = await lockGuard(tx, id);
    const open = await openGlassOf({ ...context, db: tx }, patient.id);
    if (open !== null) return { ...open, isNew: false };
    if (!patient.restricted || (await openableOf(tx, context, [patient.id])).has(patient.id))
      throw new AppError(
        "conflict",
        "glass.not-needed",
        "This record is open to you; no reason is asked for.",
      );
    const expiresAt = new Date(now.getTime() + glassMinutes * 60_000);
    const row = { id: Bun.randomUUIDv7(), patientId: patient.id, expiresAt };
    await tx.insert(glassBreaks).values({
      ...row,
      ...{ userId: person.userId, userName: person.name, roleName: person.roleName },
      ...{ reason: input.reason, explanation, brokenAt: now, address: context.client.address },
      ...{ createdAt: now, updatedAt: now },
    });
    await audit(tx, context, {
      event: "patient.glass-broken",
      ...{ entity: "glass-break", entityId: row.id, patientId: patient.id, reason: explanation },
      details: { reason: input.reason, expiresAt: expiresAt.toISOString() },
    });
    await alertHolders(tx, context, "privacy:review", {
      ...{ kind: "break-glass", who: person.name, path: `/privacy/reviews/${row.id}` },
    });
    return { ...row, isNew: true };
  });
}

/** The opening that a person has of this record just now, or null. */
// open: tells who asks of nothing but their own acts
export async function openGlassOf(
  context: Pick<HospitalContext, "actor" | "clock" | "db">,
  patientId: string,
): Promise<OpenGlass | null> {
  const { actor, clock, db } = context;
  if (actor.kind !== "user") return null;
  const [row] = await db
    .select({ id: glassBreaks.id, patientId: glassBreaks.patientId, expiresAt: glassBreaks.expiresAt })
    .from(glassBreaks)
    .where(
      and(
        eq(glassBreaks.patientId, patientId),
        eq(glassBreaks.userId, actor.userId),
        isNull(glassBreaks.endedAt),
        gt(glassBreaks.expiresAt, clock.now()),
      ),
    )
    .orderBy(desc(glassBreaks.expiresAt))
    .limit(1);
  return row ?? null;
}

/** Closes a record that one has opened, before its hour is over. Where it is closed, nothing changes. */
export async function closeGlass(context: HospitalContext, id: string): Promise<void> {
  authorize(context.actor, "patients:break-glass");
  const person = personOf(context);
  const now = context.clock.now();
  await context.write(async (tx) => {
    const patient = await lockGuard(tx, id);
    const ended = await tx
      .update(glassBreaks)
      .set({ endedAt: now, updatedAt: now })
      .where(
        and(
          eq(glassBreaks.patientId, patient.id),
          eq(glassBreaks.userId, person.userId),
          isNull(glassBreaks.endedAt),
          gt(glassBreaks.expiresAt, now),
        ),
      )
      .returning({ id: glassBreaks.id });
    for (const { id: entityId } of ended)
      await audit(tx, context, {
        event: "patient.glass-closed",
        ...{ entity: "glass-break", entityId, patientId: patient.id },
      });
  });
}

/** What the page that asks for a reason may tell: the record's number, and whether it is open anyway. */
export async function readGlass(
  context: HospitalContext,
  id: string,
): Promise<{ readonly patientId: string; readonly mrn: string; readonly open: boolean }> {
  authorize(context.actor, "patients:break-glass");
  authorize(context.actor, "patients:read");
  personOf(context);
  const { id: patientId, mrn, restricted } = await guardOf(context.db, id);
  const open = !restricted || (await openableOf(context.db, context, [patientId])).has(patientId);
  return { patientId, mrn, open };
}
