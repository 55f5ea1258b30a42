import { sql } from "drizzle-orm";
import { operators } from "../../../db/schema/control/operators.ts";
import { auditOwner } from "../../audit/audit.ts";
import { auditFile, type ExportFormat } from "../../audit/export.ts";
import { type AuditFilter, type AuditPaging, type AuditRow, listAudit, walkAudit } from "../../audit/list.ts";
import { ownerAuditTables } from "../../audit/planes.ts";
import { authorize } from "../../auth/permissions.ts";
import { isId } from "../../input.ts";
import type { PageOf } from "../../paging.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { givenTenants } from "../operators/visible-tenants.ts";

export interface OwnerAuditQuery extends AuditPaging {
  /** The hospital's id. */
  readonly hospital?: string | undefined;
  /** Part of an operator's name or address, or the id of who acted. */
  readonly person?: string | undefined;
  readonly event?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly search?: string | undefined;
}

const dayMs = 86_400_000;
const peopleAtMost = 20;
const startOf = (day: string) => new Date(`${day}T00:00:00Z`);

/**
 * What operators and the system did in the owner plane, the latest first; days are of UTC. Who is given some
 * hospitals sees what concerns those.
 * @throws AppError forbidden (403); invalid (422) for a cursor that is not of this list.
 */
export async function listOwnerAudit(
  context: OwnerContext,
  query: OwnerAuditQuery = {},
): Promise<PageOf<AuditRow>> {
  authorize(context.actor, "audit:read");
  return listAudit(context.db, ownerAuditTables, await filterOf(context, query), query);
}

/** The rows of a filter as a file, in pieces; on record before the first. @throws AppError forbidden (403). */
export async function exportOwnerAudit(
  context: OwnerContext,
  query: Omit<OwnerAuditQuery, keyof AuditPaging>,
  format: ExportFormat,
): Promise<AsyncGenerator<string>> {
  authorize(context.actor, "audit:read");
  const filter = await filterOf(context, query);
  const { search, person, ...told } = query;
  await context.write((tx) =>
    auditOwner(tx, context, {
      event: "audit.exported",
      entity: "audit",
      entityId: null,
      ...(query.hospital === undefined ? {} : { tenantId: query.hospital }),
      details: { ...told, format, searched: search !== undefined || person !== undefined },
    }),
  );
  return auditFile(walkAudit(context.db, ownerAuditTables, filter), format, "tenantId");
}

async function filterOf(context: OwnerContext, query: OwnerAuditQuery): Promise<AuditFilter> {
  const text = query.search?.trim();
  const person = query.person?.trim() ?? "";
  const only = givenTenants(context.actor);
  return {
    ...(only === null ? {} : { subjects: [...only] }),
    ...(query.hospital === undefined ? {} : { subjectId: query.hospital }),
    ...(person === "" ? {} : { actorIds: await peopleOf(context, person) }),
    ...(query.event === undefined ? {} : { event: query.event }),
    ...(query.from === undefined ? {} : { from: startOf(query.from) }),
    ...(query.to === undefined ? {} : { until: new Date(startOf(query.to).getTime() + dayMs) }),
    ...(text === undefined || text === "" ? {} : { text }),
  };
}

/** Operators whose name or address holds the words; or whoever has that very id, a program too. */
async function peopleOf(context: OwnerContext, person: string): Promise<readonly string[]> {
  if (isId(person)) return [person];
  const like = `%${person.replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await context.db
    .select({ id: operators.id })
    .from(operators)
    .where(sql`${operators.name} ilike ${like} or ${operators.email} ilike ${like}`)
    .orderBy(operators.name)
    .limit(peopleAtMost);
  return rows.map((row) => row.id);
}
