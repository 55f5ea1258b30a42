import { sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { allergies } from "../../../db/schema/hospital/allergies.ts";
import { conditions } from "../../../db/schema/hospital/conditions.ts";
import { encounters } from "../../../db/schema/hospital/encounters.ts";
import { immunizations } from "../../../db/schema/hospital/immunizations.ts";
import { medications } from "../../../db/schema/hospital/medications.ts";
import { observations } from "../../../db/schema/hospital/observations.ts";
import { procedures } from "../../../db/schema/hospital/procedures.ts";
import { auditLook } from "../../audit/reads.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { ClinicalTab } from "./tabs.ts";

function buildCounts(db: HospitalDb) {
  const of = (
    table:
      | typeof encounters
      | typeof conditions
      | typeof observations
      | typeof medications
      | typeof allergies
      | typeof immunizations
      | typeof procedures,
  ) =>
    sql<number>`(select count(*)::int from ${table} where ${table.patientId} = ${sql.placeholder("id")}::uuid)`;
  return db
    .select({
      visits: of(encounters),
      problems: of(conditions),
      results: of(observations),
      medications: of(medications),
      allergies: of(allergies),
      immunizations: of(immunizations),
      procedures: of(procedures),
    })
    .from(sql`(select 1) one`)
    .prepare("entry_counts");
}

const prepared = new WeakMap<HospitalDb, ReturnType<typeof buildCounts>>();

/** How many entries each tab of a patient's record holds, in one statement. @throws AppError forbidden (403). */
export async function countEntries(
  context: HospitalContext,
  patientId: string,
): Promise<Readonly<Record<ClinicalTab, number>>> {
  authorize(context.actor, "clinical:read");
  let statement = prepared.get(context.db);
  if (statement === undefined) {
    statement = buildCounts(context.db);
    prepared.set(context.db, statement);
  }
  const [counts] = await statement.execute({ id: patientId });
  if (counts === undefined) throw new Error("A count answered no row.");
  await auditLook(context, patientId);
  return counts;
}
