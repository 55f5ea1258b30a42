import { and, inArray, isNotNull } from "drizzle-orm";
import pLimit from "p-limit";
import { tenants } from "../../db/schema/control/tenants.ts";
import { authorize } from "../auth/permissions.ts";
import { AppError } from "../errors.ts";
import { recordProof, recordPush } from "../owner/health/sync-state.ts";
import { hostedHere } from "../owner/nodes/nodes.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import { pushSync } from "../sync/push.ts";
import type { SyncPlaces, SyncReport, SyncStatus, VerifyReport } from "../sync/report.ts";
import { reseed } from "../sync/reseed.ts";
import { syncStatus } from "../sync/status.ts";
import { verifySync } from "../sync/verify.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { requireHostedHere } from "./ask-on-site.ts";
import { isBeingRestored, notBeingRestored } from "./restore-record.ts";
import { type Found, Rhythm } from "./rhythm.ts";
import { placesOf } from "./tenant-places.ts";

type Needs = Pick<Services, "connections" | "keyring" | "clock" | "log">;

/** A hospital's two databases as the servers' maintenance roles. @throws AppError not-found (404). */
// open: a look-up inside rules that have authorized
export async function resolveSyncPlaces(services: Needs, tenantId: string): Promise<SyncPlaces> {
  const { primaryAdmin, copyAdmin } = await placesOf(services, tenantId);
  return { primary: primaryAdmin, copy: copyAdmin };
}

/** The same for who is about to copy: nothing but the restore touches a hospital that is being restored. */
async function placesToSync(services: Needs, tenantId: string): Promise<SyncPlaces> {
  if (await isBeingRestored(services.connections.control.db, tenantId))
    throw new AppError(
      "conflict",
      "restore.running",
      "This hospital is being restored; copying goes on afterwards.",
    );
  return resolveSyncPlaces(services, tenantId);
}

/** Sends one hospital's changes to its online copy now and keeps how it went. @throws AppError not-found (404). */
export async function pushHospital(
  services: Needs,
  context: OwnerContext,
  tenantId: string,
): Promise<SyncReport> {
  authorize(context.actor, "sync:push");
  requireTenant(context.actor, tenantId);
  await requireHostedHere(services, tenantId);
  return pushAndKeep(services, tenantId);
}

/** Compares one hospital's two databases table by table, at one instant, and keeps the result. */
export async function verifyHospital(
  services: Needs,
  context: OwnerContext,
  tenantId: string,
): Promise<VerifyReport> {
  authorize(context.actor, "sync:push");
  requireTenant(context.actor, tenantId);
  await requireHostedHere(services, tenantId);
  return proveAndKeep(services, tenantId);
}

/** Ships all of one hospital's tables to its online copy again. A long one goes on with the next pushes. */
export async function reseedHospital(
  services: Needs,
  context: OwnerContext,
  tenantId: string,
): Promise<SyncReport> {
  authorize(context.actor, "sync:push");
  requireTenant(context.actor, tenantId);
  await requireHostedHere(services, tenantId);
  const report = await reseed(await placesToSync(services, tenantId));
  await recordPush(services.connections.control.db, tenantId, report, services.clock.now());
  return report;
}

/** How far a hospital's online copy is behind, asked of both databases now. */
export async function hospitalSyncStatus(
  services: Needs,
  context: OwnerContext,
  tenantId: string,
): Promise<SyncStatus> {
  authorize(context.actor, "health:read");
  requireTenant(context.actor, tenantId);
  return syncStatus(await resolveSyncPlaces(services, tenantId));
}

const atOnce = 4;
const rhythm = new Rhythm();

/**
 * Sends the changes of every hospital that is due: a busy one at each turn, a quiet or unreachable one less
 * often. One hospital's trouble is reported and keeps nobody else waiting.
 */
// open: called by the sync job alone
export async function pushDueHospitals(
  services: Needs,
): Promise<{ readonly pushed: number; readonly rows: number }> {
  const living = await services.connections.control.db
    .select({ id: tenants.id })
    .from(tenants)
    .where(
      and(inArray(tenants.status, ["active", "suspended", "archived"]), hostedHere(), notBeingRestored()),
    );
  const due = rhythm.due(
    living.map(({ id }) => id),
    services.clock.now(),
  );
  let rows = 0;
  await pLimit(atOnce).map([...due], async (id) => {
    const report = await pushUnlessBroken(services, id);
    rows += report?.rows ?? 0;
    rhythm.found(id, foundBy(report), services.clock.now());
  });
  return { pushed: due.size, rows };
}

/** Proves one hospital after another that its copy is equal; told to stop, it ends after the one it is at. */
// open: called by the sync job alone
export async function verifyDueHospitals(
  services: Needs,
  signal: AbortSignal,
): Promise<{ readonly equal: number; readonly unequal: number; readonly unknown: number }> {
  const copied = await services.connections.control.db
    .select({ id: tenants.id })
    .from(tenants)
    .where(
      and(
        inArray(tenants.status, ["active", "suspended"]),
        isNotNull(tenants.copyServerId),
        hostedHere(),
        notBeingRestored(),
      ),
    );
  const counts = { equal: 0, unequal: 0, unknown: 0 };
  for (const { id } of copied) {
    if (signal.aborted) break;
    try {
      const report = await proveAndKeep(services, id);
      counts[report.equal ? "equal" : "unequal"] += 1;
      if (report.repaired !== undefined && report.repaired.length > 0)
        services.log.error(
          { tenantId: id, repaired: report.repaired },
          "A hospital's online copy differed from its own database; the rows were sent again",
        );
      if (!report.equal)
        services.log.error({ tenantId: id }, "A hospital's online copy differs from its own database");
    } catch (error) {
      counts.unknown += 1;
      services.log.error({ err: error, tenantId: id }, "A hospital's online copy could not be compared");
    }
  }
  return counts;
}

async function proveAndKeep(services: Needs, tenantId: string): Promise<VerifyReport> {
  const report = await verifySync(await placesToSync(services, tenantId));
  await recordProof(services.connections.control.db, tenantId, report, services.clock.now());
  return report;
}

function foundBy(report: SyncReport | null): Found {
  if (report?.outcome === "behind" || report?.outcome === "interrupted") return "unfinished";
  if (report?.outcome !== "synced") return "troubled";
  return report.rows > 0 ? "busy" : "quiet";
}

async function pushUnlessBroken(services: Needs, tenantId: string): Promise<SyncReport | null> {
  try {
    return await pushAndKeep(services, tenantId);
  } catch (error) {
    services.log.error({ err: error, tenantId }, "A hospital's changes could not be sent to its online copy");
    return null;
  }
}

async function pushAndKeep(services: Needs, tenantId: string): Promise<SyncReport> {
  const report = await pushSync(await placesToSync(services, tenantId));
  await recordPush(services.connections.control.db, tenantId, report, services.clock.now());
  if (report.outcome === "copy-unreachable" || report.outcome === "parked")
    services.log.warn(
      { tenantId, outcome: report.outcome, waitingRows: report.lagRows, parked: report.parked?.code ?? null },
      "A hospital works, and its online copy waits",
    );
  return report;
}
