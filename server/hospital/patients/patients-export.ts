import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { csvCell } from "../../csv.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { withholdRestricted } from "../privacy/access.ts";
import { readSearch } from "./patient-search.ts";
import type { Patient } from "./patients.ts";
import { exportStatement } from "./patients-list.sql.ts";
import { type PatientListQuery, parametersOf, shapeOf } from "./patients-list.ts";

const batch = 1000;

const exported = [
  ...(["mrn", "firstName", "middleName", "lastName", "sex", "bornOn", "bornOnEstimated", "status"] as const),
  ...(["deceasedAt", "phone", "email", "nationalId", "addressLine", "city", "state", "postalCode"] as const),
  ...(["country", "language", "bloodGroup", "maritalStatus", "emergencyContactName"] as const),
  ...(["emergencyContactPhone", "emergencyContactRelation", "notes", "createdAt", "updatedAt"] as const),
] satisfies readonly (keyof Patient)[];

/**
 * The patients of a list as CSV (RFC 4180), the newest first, in pieces: however many they are, few are in memory
 * at a time. The audit row is written before the first piece.
 * @throws AppError forbidden (403), `auth.step-up-required` where nothing narrows it.
 */
export async function exportPatients(
  context: HospitalContext,
  query: Pick<PatientListQuery, "search" | "status" | "sex" | "deleted"> = {},
): Promise<AsyncGenerator<string>> {
  authorize(context.actor, "patients:export");
  authorize(context.actor, "patients:read");
  if (query.deleted === true) authorize(context.actor, "patients:delete");
  const { search, ...filters } = query;
  // The whole hospital's patients leave it only by somebody who has just proved who they are.
  if (search === undefined && filters.status === undefined && filters.sex === undefined)
    await requireStepUp(context, "patients.export-all");
  await context.write((tx) =>
    audit(tx, context, {
      event: "patient.exported",
      entity: "patient",
      entityId: null,
      details: { ...filters, searched: readSearch(search) !== null },
    }),
  );
  return pieces(context, query);
}

async function* pieces(context: HospitalContext, query: PatientListQuery): AsyncGenerator<string> {
  yield `${exported.join(",")}\r\n`;
  const terms = readSearch(query.search);
  if (terms !== null && terms.words.length + terms.numbers.length === 0) return;
  let last: Patient | undefined;
  do {
    const shape = shapeOf(context, { ...query, sort: "newest" }, terms, last !== undefined);
    const rows: Patient[] = await exportStatement(context.db, shape).execute({
      ...parametersOf(context, query, terms),
      ...(last === undefined ? {} : { after: last.createdAt.toISOString(), afterId: last.id }),
      limit: batch,
    });
    const shown = await withholdRestricted(context.db, context, rows);
    if (rows.length > 0) yield `${shown.map(lineOf).join("\r\n")}\r\n`;
    last = rows.length < batch ? undefined : rows.at(-1);
  } while (last !== undefined);
}

/** Of a restricted record that is not for who asks: its number, and that it is restricted. */
function lineOf(row: Patient & { readonly withheld?: true }): string {
  if (row.withheld !== true) return exported.map((field) => csvCell(row[field])).join(",");
  const told: Partial<Record<string, string>> = { mrn: row.mrn, status: "restricted" };
  return exported.map((field) => csvCell(told[field])).join(",");
}
