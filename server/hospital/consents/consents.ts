import { and, desc, eq, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { type consentPurposes, consents } from "../../../db/schema/hospital/consents.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { requirePatientAccess } from "../privacy/access.ts";
import { guardOf, lockGuard } from "../privacy/guarded.ts";
import type { ConsentInput } from "./consents.input.ts";

export type ConsentPurpose = (typeof consentPurposes)[number];
type Row = typeof consents.$inferSelect;
export type Standing = "in-force" | "refused" | "withdrawn" | "expired" | "later" | "replaced";
/** A consent and what it counts for now: of a purpose the latest alone counts. */
export type Consent = Omit<Row, "recordedBy" | "updatedAt"> & { readonly standing: Standing };

function standingOf(row: Row, isLatest: boolean, now: Date): Standing {
  if (row.decision === "withdrawn") return "withdrawn";
  if (!isLatest) return "replaced";
  if (row.decision === "refused") return "refused";
  if (row.validFrom > now) return "later";
  return row.validUntil !== null && row.validUntil <= now ? "expired" : "in-force";
}

async function readConsents(db: HospitalDb, patientId: string, now: Date): Promise<readonly Consent[]> {
  const rows = await db
    .select()
    .from(consents)
    .where(eq(consents.patientId, patientId))
    .orderBy(desc(consents.createdAt), desc(consents.id));
  const seen = new Set<string>();
  return rows.map(({ recordedBy: _, updatedAt: __, ...row }) => {
    const isLatest = !seen.has(row.purpose);
    seen.add(row.purpose);
    return { ...row, standing: standingOf({ ...row, recordedBy: _, updatedAt: __ }, isLatest, now) };
  });
}

/** What a patient has agreed to and refused, the latest first. @throws AppError not-found (404); forbidden (403). */
export async function listConsents(context: HospitalContext, patientId: string): Promise<readonly Consent[]> {
  authorize(context.actor, "consents:read");
  const patient = await guardOf(context.db, patientId);
  await requirePatientAccess(context.db, context, patient);
  return readConsents(context.db, patient.id, context.clock.now());
}

/**
 * Records what a patient, or their guardian, has agreed to or refused; it counts in place of what was recorded of
 * that purpose before. @throws AppError not-found (404); invalid (422); forbidden (403).
 */
export async function recordConsent(
  context: HospitalContext,
  patientId: string,
  input: ConsentInput,
): Promise<Consent> {
  authorize(context.actor, "consents:edit");
  const now = context.clock.now();
  const validFrom = input.validFrom === undefined ? now : new Date(input.validFrom);
  const validUntil = input.validUntil === undefined ? null : new Date(input.validUntil);
  if (validUntil !== null && validUntil <= validFrom)
    throw invalidField("validUntil", "in-the-past", "This ends before it begins.");
  if (input.givenBy === "guardian" && !input.giverName?.trim())
    throw invalidField("giverName", "required", "Enter this.");
  const { purpose, decision, givenBy, method } = input;
  return context.write(async (tx) => {
    const patient = await lockGuard(tx, patientId);
    await requirePatientAccess(tx, context, patient);
    const id = Bun.randomUUIDv7();
    await tx.insert(consents).values({
      ...{ id, patientId: patient.id, purpose, decision, givenBy, method, validFrom, validUntil },
      giverName: input.giverName?.trim() ?? null,
      documentReference: input.documentReference?.trim() ?? null,
      note: input.note?.trim() ?? null,
      ...{ recordedBy: staffIdOf(context.actor), recordedByName: context.actor.name },
      ...{ createdAt: now, updatedAt: now },
    });
    await audit(tx, context, {
      ...{ event: "consent.recorded", entity: "consent", entityId: id, patientId: patient.id },
      details: { purpose, decision, givenBy, method },
    });
    return one(await readConsents(tx, patient.id, now), id);
  });
}

function one(rows: readonly Consent[], id: string): Consent {
  const found = rows.find((row) => row.id === id);
  if (found === undefined) throw notFound("consent");
  return found;
}

/** Withdraws a consent: nothing more is given out for it. @throws AppError not-found (404); invalid (422); forbidden (403). */
export async function withdrawConsent(
  context: HospitalContext,
  patientId: string,
  id: string,
  given: string,
): Promise<Consent> {
  authorize(context.actor, "consents:edit");
  const reason = given.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (reason.length < 3) throw invalidField("reason", "required", "Say who withdrew it, and how.");
  const now = context.clock.now();
  return context.write(async (tx) => {
    const patient = await lockGuard(tx, patientId);
    await requirePatientAccess(tx, context, patient);
    const before = one(await readConsents(tx, patient.id, now), id);
    if (before.decision === "withdrawn") return before;
    await tx
      .update(consents)
      .set({
        ...{ decision: "withdrawn", withdrawnAt: now, withdrawnByName: context.actor.name },
        ...{ withdrawReason: reason, updatedAt: now, version: sql`${consents.version} + 1` },
      })
      .where(and(eq(consents.id, id), eq(consents.patientId, patient.id)));
    await audit(tx, context, {
      ...{ event: "consent.withdrawn", entity: "consent", entityId: id, patientId: patient.id, reason },
      details: { purpose: before.purpose },
    });
    return one(await readConsents(tx, patient.id, now), id);
  });
}

const refusals: Readonly<Record<Exclude<Standing, "in-force">, readonly [string, string]>> = {
  refused: ["consent.refused", "The patient refused this purpose, so nothing was given out."],
  withdrawn: ["consent.withdrawn", "The consent for this purpose was withdrawn, so nothing was given out."],
  expired: ["consent.expired", "The consent for this purpose has expired, so nothing was given out."],
  later: ["consent.missing", "No consent for this purpose is in force, so nothing was given out."],
  replaced: ["consent.missing", "No consent for this purpose is in force, so nothing was given out."],
};

/**
 * Stands before everything that gives a record out: the latest consent of that purpose has to be in force.
 * @throws AppError forbidden (403) `consent.missing`, `consent.refused`, `consent.withdrawn`, `consent.expired`.
 */
// open: asked by rules that have authorized the disclosure
export async function requireConsent(
  context: Pick<HospitalContext, "clock">,
  db: HospitalDb,
  patientId: string,
  purpose: ConsentPurpose,
): Promise<void> {
  const rows = await readConsents(db, patientId, context.clock.now());
  const latest = rows.find((row) => row.purpose === purpose);
  const standing = latest?.standing ?? "later";
  if (standing === "in-force") return;
  const [code, message] = refusals[standing];
  throw new AppError("forbidden", code, message, { details: { purpose } });
}
