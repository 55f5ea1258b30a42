import { sql } from "drizzle-orm";
import { allergies } from "../../../db/schema/hospital/allergies.ts";
import { conditions } from "../../../db/schema/hospital/conditions.ts";
import { encounters } from "../../../db/schema/hospital/encounters.ts";
import { immunizations } from "../../../db/schema/hospital/immunizations.ts";
import { medications } from "../../../db/schema/hospital/medications.ts";
import { observations } from "../../../db/schema/hospital/observations.ts";
import { procedures } from "../../../db/schema/hospital/procedures.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { ClinicalTab } from "./tabs.ts";

/** How many entries each tab of a patient's record holds, in one statement. @throws AppError forbidden (403). */
export async function countEntries(
  context: HospitalContext,
  patientId: string,
): Promise<Readonly<Record<ClinicalTab, number>>> {
  authorize(context.actor, "clinical:read");
  const of = (
    table:
      | typeof encounters
      | typeof conditions
      | typeof observations
      | typeof medications
      | typeof allergies
      | typeof immunizations
      | typeof procedures,
  ) => sql`(select count(*)::int from ${table} where ${table.patientId} = ${patientId})`;
  const rows = await context.db.execute<Record<ClinicalTab, number>>(
    sql`select ${of(encounters)} as visits, ${of(conditions)} as problems, ${of(observations)} as results,
      ${of(medications)} as medications, ${of(allergies)} as allergies, ${of(immunizations)} as immunizations,
      ${of(procedures)} as procedures`,
  );
  const [counts] = Array.from(rows as Iterable<Record<ClinicalTab, number>>);
  if (counts === undefined) throw new Error("A count answered no row.");
  return counts;
}
