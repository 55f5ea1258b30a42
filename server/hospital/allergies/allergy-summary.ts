import { and, desc, eq, inArray, isNull, ne, or, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { allergies } from "../../../db/schema/hospital/allergies.ts";
import { auditLook } from "../../audit/reads.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

/** What the banner of a patient says: their allergies, that there are none, or that nobody has asked yet. */
export type AllergySummary =
  | { readonly status: "recorded"; readonly names: readonly string[] }
  | { readonly status: "none-known" }
  | { readonly status: "not-asked" };

/** "No known allergy", and of drugs, food, environment (SNOMED CT); that somebody asked and there was none. */
const noneKnownCodes: readonly (string | null)[] = ["716186003", "409137002", "429625007", "428607008"];

const buildSummary = (db: HospitalDb) =>
  db
    .select({ code: allergies.code, display: allergies.display, criticality: allergies.criticality })
    .from(allergies)
    .where(
      and(
        eq(allergies.patientId, sql.placeholder("id")),
        ne(allergies.clinicalStatus, "resolved"),
        or(
          isNull(allergies.verificationStatus),
          inArray(allergies.verificationStatus, ["unconfirmed", "provisional", "differential", "confirmed"]),
        ),
      ),
    )
    .orderBy(desc(allergies.at))
    .limit(100)
    .prepare("allergy_summary");

const prepared = new WeakMap<HospitalDb, ReturnType<typeof buildSummary>>();

/**
 * A patient's allergies in a word. An allergy counts unless it is resolved, refuted or a mistake; the most dangerous
 * come first. "Not recorded" is not "none".
 * @throws AppError forbidden (403).
 */
export async function summarizeAllergies(
  context: HospitalContext,
  patientId: string,
): Promise<AllergySummary> {
  authorize(context.actor, "clinical:read");
  let statement = prepared.get(context.db);
  if (statement === undefined) {
    statement = buildSummary(context.db);
    prepared.set(context.db, statement);
  }
  const rows = await statement.execute({ id: patientId });
  await auditLook(context, patientId);
  const real = rows.filter(({ code }) => !noneKnownCodes.includes(code));
  const first = real.filter(({ criticality }) => criticality === "high");
  const names = new Set([...first, ...real].map(({ display }) => display));
  if (names.size > 0) return { status: "recorded", names: [...names] };
  return { status: rows.length > 0 ? "none-known" : "not-asked" };
}
