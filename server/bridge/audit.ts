import { and, inArray, sql } from "drizzle-orm";
import pLimit from "p-limit";
import { withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { auditAnchors } from "../../db/schema/control/audit.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditLanes } from "../../db/schema/hospital/audit.ts";
import { adoptRows } from "../audit/adopt.ts";
import { sealOf } from "../audit/chain.ts";
import { hospitalAuditKey, ownerAuditKey } from "../audit/keys.ts";
import { hospitalAudit, ownerAuditTables } from "../audit/planes.ts";
import type { AuditVerdict, KnownEnd } from "../audit/verdict.ts";
import { verifyAudit } from "../audit/verify.ts";
import { authorize } from "../auth/permissions.ts";
import { AppError } from "../errors.ts";
import { noteAuditEnds, notedAuditEnds } from "../owner/audit/anchors.ts";
import { hostedHere } from "../owner/nodes/nodes.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { Hospital, OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { placesOf } from "./tenant-places.ts";

/**
 * Proves every row of a hospital's audit, on its own database or on the online copy, also against what the owner
 * plane has noted of it and, of its own database, against the copy.
 * @throws AppError not-found (404), also where there is no copy to prove; forbidden (403).
 */
export async function verifyHospitalAudit(
  services: Services,
  context: OwnerContext,
  tenantId: string,
  side: "primary" | "copy" = "primary",
): Promise<AuditVerdict> {
  authorize(context.actor, "audit:read");
  requireTenant(context.actor, tenantId);
  const { hospital, primaryAdmin, copyAdmin } = await placesOf(services, tenantId);
  const key = hospitalAuditKey(hospital);
  const noted = await notedAuditEnds(context, key, tenantId);
  if (side === "primary")
    return verifyAudit(primaryAdmin, hospitalAudit, key, [
      ...noted,
      ...(await endsOfCopy(copyAdmin, hospital)),
    ]);
  if (copyAdmin === null)
    throw new AppError("not-found", "tenant.no-copy", "This hospital has no online copy.");
  // The copy may not have heard yet of what has been noted: what it has to hold is what it says it does.
  const reached = new Map((await endsAt(copyAdmin, hospital)).map((end) => [end.lane, end.n]));
  const due = noted.filter((end) => end.n <= (reached.get(end.lane) ?? 0));
  return verifyAudit(copyAdmin, hospitalAudit, key, due);
}

/** Proves every row of the owner plane's own audit. @throws AppError forbidden (403). */
export async function verifyOwnerAudit(services: Services, context: OwnerContext): Promise<AuditVerdict> {
  authorize(context.actor, "audit:read");
  const key = await ownerAuditKey(context.db, context.vault);
  return verifyAudit(services.controlPlace, ownerAuditTables, key);
}

async function endsAt(place: Place, hospital: Hospital): Promise<readonly KnownEnd[]> {
  const key = hospitalAuditKey(hospital);
  const rows = await withSession(place, (session) =>
    session.unsafe<{ lane: number; n: number; mac: string; lastId: string | null; seal: string }[]>(
      `select lane, n::float8 as n, mac, last_id as "lastId", seal from audit_lanes where n > 0`,
    ),
  );
  return rows
    .filter((row) => sealOf(key, row) === row.seal)
    .map(({ lane, n, mac }) => ({ lane, n, mac, from: "The online copy" }));
}

/** A copy that cannot be asked proves nothing, and hinders nothing. */
async function endsOfCopy(copy: Place | null, hospital: Hospital): Promise<readonly KnownEnd[]> {
  return copy === null ? [] : endsAt(copy, hospital).catch(() => []);
}

const atOnce = 8;

/**
 * Keeps the audits of all hospitals: makes the months to come on both databases, and notes in the owner plane
 * where each chain ends. One hospital's trouble is logged and keeps nobody else waiting.
 */
// open: called by the audit job alone
export async function keepAudits(
  services: Services,
  context: OwnerContext,
): Promise<{ readonly noted: number; readonly months: number; readonly failed: number }> {
  const { connections, log } = services;
  const counts = { noted: 0, months: 0, failed: 0 };
  counts.months += await makeMonths(services.controlPlace, "owner_audit");
  const living = await connections.control.db
    .select({ id: tenants.id })
    .from(tenants)
    .where(and(inArray(tenants.status, ["active", "suspended"]), hostedHere()));
  await pLimit(atOnce).map(living, async ({ id }) => {
    try {
      const { hospital, copyAdmin } = await placesOf(services, id);
      const { db } = connections.hospital(hospital.place);
      const [made] = Array.from(
        (await db.execute(sql`select audit_make_months('audit_log') as n`)) as Iterable<{ n: number }>,
      );
      counts.months += made?.n ?? 0;
      if ((made?.n ?? 0) > 0 && copyAdmin !== null) await makeMonths(copyAdmin, "audit_log");
      const key = hospitalAuditKey(hospital);
      const ends = (await db.select().from(auditLanes)).filter((end) => sealOf(key, end) === end.seal);
      if (await noteAuditEnds(context, key, id, ends)) counts.noted += 1;
    } catch (error) {
      counts.failed += 1;
      log.warn({ err: error, tenantId: id }, "A hospital's audit could not be looked after");
    }
  });
  return counts;
}

async function makeMonths(place: Place, table: "audit_log" | "owner_audit"): Promise<number> {
  const [row] = await withSession(place, (session) =>
    session.unsafe<{ n: number }[]>(`select audit_make_months($1) as n`, [table]),
  );
  return row?.n ?? 0;
}

/** Takes the rows from before there was a chain into it, where nothing has ever been noted of one. */
// open: called by the migration of hospitals alone
export async function adoptHospitalAudit(services: Services, tenantId: string): Promise<number> {
  const { hospital, primaryAdmin } = await placesOf(services, tenantId);
  const noted = await services.connections.control.db.$count(
    auditAnchors,
    sql`${auditAnchors.tenantId} = ${tenantId}`,
  );
  return noted > 0 ? 0 : adoptRows(primaryAdmin, hospitalAudit, hospitalAuditKey(hospital));
}

/** The same for the owner plane. */
// open: called at the start of the process alone
export async function adoptOwnerAudit(services: Services): Promise<number> {
  const key = await ownerAuditKey(services.connections.control.db, services.keyring);
  return adoptRows(services.controlPlace, ownerAuditTables, key);
}
