import { auditOwner } from "../../audit/audit.ts";
import { auditFile, type ExportFormat } from "../../audit/export.ts";
import { type AuditFilter, type AuditPaging, type AuditRow, listAudit, walkAudit } from "../../audit/list.ts";
import { ownerAuditTables } from "../../audit/planes.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { givenTenants } from "../operators/visible-tenants.ts";

export interface OwnerAuditQuery extends AuditPaging {
  /** The hospital's id. */
  readonly hospital?: string | undefined;
  /** The id of who acted. */
  readonly person?: string | undefined;
  readonly event?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly search?: string | undefined;
}

const dayMs = 86_400_000;
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
  return listAudit(context.db, ownerAuditTables, filterOf(context, query), query);
}

/** The rows of a filter as a file, in pieces; on record before the first. @throws AppError forbidden (403). */
export async function exportOwnerAudit(
  context: OwnerContext,
  query: Omit<OwnerAuditQuery, keyof AuditPaging>,
  format: ExportFormat,
): Promise<AsyncGenerator<string>> {
  authorize(context.actor, "audit:read");
  const { search, ...told } = query;
  await context.write((tx) =>
    auditOwner(tx, context, {
      event: "audit.exported",
      entity: "audit",
      entityId: null,
      ...(query.hospital === undefined ? {} : { tenantId: query.hospital }),
      details: { ...told, format, searched: search !== undefined },
    }),
  );
  return auditFile(walkAudit(context.db, ownerAuditTables, filterOf(context, query)), format, "tenantId");
}

function filterOf({ actor }: OwnerContext, query: OwnerAuditQuery): AuditFilter {
  const text = query.search?.trim();
  const only = givenTenants(actor);
  return {
    ...(only === null ? {} : { subjects: [...only] }),
    ...(query.hospital === undefined ? {} : { subjectId: query.hospital }),
    ...(query.person === undefined ? {} : { actorIds: [query.person] }),
    ...(query.event === undefined ? {} : { event: query.event }),
    ...(query.from === undefined ? {} : { from: startOf(query.from) }),
    ...(query.to === undefined ? {} : { until: new Date(startOf(query.to).getTime() + dayMs) }),
    ...(text === undefined || text === "" ? {} : { text }),
  };
}
