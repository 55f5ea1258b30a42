import { eq, sql } from "drizzle-orm";
import { ensureDatabase, ensureRole } from "../../db/databases.ts";
import { grantHospital } from "../../db/grants.ts";
import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { createHospitalDatabase } from "../../db/templates.ts";
import { auditOwner } from "../audit/audit.ts";
import { AppError } from "../errors.ts";
import { recordProof } from "../owner/health/sync-state.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import { pushSync } from "../sync/push.ts";
import { fenceCopy, followWriter, issuedNumbers, makeReceiver, makeWriter } from "../sync/restore.ts";
import { analyzeTable, compareTables, loadTable, speakAlike, tablesOf } from "../sync/restore-rows.ts";
import { SideLost, withSide } from "../sync/sides.ts";
import { verifySync } from "../sync/verify.ts";
import type { Services } from "../tenancy/services.ts";
import { restoreFiles } from "./files.ts";
import { knownSequences } from "./on-site.ts";
import { secondsBetween } from "./restore-plan.ts";
import {
  noteRestore,
  noteRestoreStep,
  noteTables,
  type RestoreRun,
  type RestoreStepKey,
} from "./restore-record.ts";
import { systemOwner } from "./system-context.ts";

/** One restore: where from, where to, and what is being replaced. */
export interface Restoring {
  readonly services: Services;
  readonly tenant: Tenant;
  /** As it stood when this attempt began. */
  readonly run: RestoreRun;
  readonly old: Place;
  readonly copy: Place;
  /** The server to restore on, on database `postgres`. */
  readonly server: Place;
  readonly target: Place;
}

export interface RestoreStep {
  readonly key: RestoreStepKey;
  /** Does the step, or what is left of it: each may have been killed half-way before. */
  run(restoring: Restoring): Promise<void>;
}

/** What restores a hospital, in order. */
export const restoreSteps: readonly RestoreStep[] = [
  { key: "fence", run: fence },
  { key: "database", run: makeDatabase },
  { key: "load", run: load },
  { key: "verify", run: verify },
  { key: "writer", run: becomeWriter },
  { key: "switch", run: switchOver },
  { key: "sync", run: goOnCopying },
  { key: "files", run: bringFiles },
];

const connectionLimit = 60;
/** A number issued in the lost window is on paper; what follows lies past any that can have been. */
const numbersApart = 10_000;

/** Whoever was the writer is so no longer. One that still answers sends its last rows first. */
async function fence({ services, tenant, run, old, copy }: Restoring): Promise<void> {
  const { clock, connections } = services;
  const { db } = connections.control;
  const quiet = await endWriting(services, tenant, { old, copy });
  const { tick, tickAt } = await fenceCopy(copy, run.epoch);
  const now = clock.now();
  await noteRestore(
    db,
    run.id,
    {
      fencedAt: now,
      ...{ lastTick: tick, lastTickAt: tickAt },
      // Nought says that nothing is lost; a clock that runs ahead does not.
      lostSeconds: quiet ? 0 : tickAt && Math.max(1, secondsBetween(tickAt, now) ?? 1),
      ...(quiet ? { waitingRows: 0 } : {}),
    },
    now,
  );
}

/** @returns whether the old database answered, was stopped and has sent all that it held. */
async function endWriting(
  { connections, clock, log }: Services,
  tenant: Tenant,
  { old, copy }: { old: Place; copy: Place },
): Promise<boolean> {
  try {
    await grantHospital(old, tenant.roleName, "copy");
    await connections.forget({ ...old, user: tenant.roleName });
    const report = await pushSync({ primary: old, copy }, { budgetMs: 120_000, heartbeatMs: 0 });
    return report.outcome === "synced" && report.lagRows === 0;
  } catch (error) {
    log.info(
      { tenantId: tenant.id, at: clock.now(), reason: error instanceof Error ? error.name : "unknown" },
      "The database that is being replaced does not answer; what the copy holds is what there is",
    );
    return false;
  }
}

async function makeDatabase({ services, tenant, server, copy, target }: Restoring): Promise<void> {
  const password = services.keyring.unseal(tenant.sealedPassword);
  await ensureRole(server, tenant.roleName, password, { connectionLimit });
  if (tenant.isolation === "database") await createHospitalDatabase(server, target.database);
  else await ensureDatabase(server, target.database);
  await migrate(target, "hospital");
  await makeReceiver(target);
  // It was migrated when it was fenced, and new tables come without rights.
  await grantHospital(copy, tenant.roleName, "copy");
}

/** Table after table; one that is noted is not fetched again. */
async function load({ services, run, copy, target }: Restoring): Promise<void> {
  const { clock, connections } = services;
  const names = await tablesOf(copy);
  const here = new Set(await tablesOf(target));
  const unknown = names.filter((name) => !here.has(name));
  if (unknown.length > 0)
    throw new AppError(
      "unavailable",
      "restore.app-behind",
      `The copy holds tables that this version of the app does not know: ${unknown.join(", ")}. Bring the app up to date first.`,
    );
  await withSide("copy", copy, (from) =>
    withSide("primary", target, async (into) => {
      await speakAlike(from, into);
      for (const name of names) {
        if (run.tables[name] !== undefined) continue;
        const rows = await loadTable(from, into, name);
        await analyzeTable(into, name);
        await noteTables(connections.control.db, run.id, { [name]: { rows, equal: null } }, clock.now());
      }
    }),
  );
}

async function verify({ services, run, copy, target }: Restoring): Promise<void> {
  const compared = await compareTables(copy, target);
  await noteTables(services.connections.control.db, run.id, compared, services.clock.now());
  const wrong = Object.entries(compared).filter(([, { equal }]) => !equal);
  if (wrong.length === 0) return;
  // The next attempt fetches them again.
  await forgetTables(
    services,
    run.id,
    wrong.map(([name]) => name),
  );
  throw new AppError(
    "unavailable",
    "restore.unequal",
    `Not equal to the copy: ${wrong.map(([name]) => name).join(", ")}. They are fetched again with the next attempt.`,
  );
}

async function forgetTables(services: Services, runId: string, names: readonly string[]): Promise<void> {
  const { db } = services.connections.control;
  await db.execute(
    sql`update restore_runs set tables = tables - array(select jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb)) where id = ${runId}`,
  );
  await db.execute(sql`update restore_steps set status = 'waiting' where run_id = ${runId} and key = 'load'`);
}

async function becomeWriter({ services, tenant, run, copy, target, old }: Restoring): Promise<void> {
  const { connections, clock } = services;
  const issued = [
    await issuedNumbers(copy),
    await issuedNumbers(target),
    ...(await knownSequences(services, tenant.id)),
    // Where the old database can be asked, it knows best.
    ...(await issuedNumbers(old).then(
      (own) => [own],
      () => [],
    )),
  ];
  const moved = await makeWriter(target, issued, numbersApart);
  await grantHospital(target, tenant.roleName, "primary");
  await noteRestore(connections.control.db, run.id, { moved }, clock.now());
}

/** The copy goes on from the new writer; every process of the app hears of the new place. */
async function switchOver({ services, tenant, run, copy, target, old }: Restoring): Promise<void> {
  await followWriter(copy, target, run.epoch);
  const { connections, clock, resolver } = services;
  const owner = systemOwner(services, "restore");
  await owner.write(async (tx) => {
    await tx
      .update(tenants)
      .set({
        primaryServerId: run.targetServerId,
        primaryDatabase: run.targetDatabase,
        updatedAt: clock.now(),
        version: sql`${tenants.version} + 1`,
      })
      .where(eq(tenants.id, tenant.id));
    // In the same transaction: it is never said twice that the hospital was restored.
    await noteRestoreStep(tx, run.id, "switch", "done", clock.now());
    await auditOwner(tx, owner, {
      event: "tenant.restored",
      entity: "tenant",
      entityId: tenant.id,
      tenantId: tenant.id,
      details: { runId: run.id, database: run.targetDatabase },
    });
  });
  resolver.forget();
  await connections.forget({ ...old, user: tenant.roleName });
}

async function goOnCopying({ services, tenant, copy, target }: Restoring): Promise<void> {
  try {
    const report = await verifySync({ primary: target, copy });
    await recordProof(services.connections.control.db, tenant.id, report, services.clock.now());
    if (report.outcome === "verified" && report.equal) return;
    // Another worker is at it, or people are already writing much: the hospital works, and the hourly proof follows.
    if (report.outcome === "busy" || report.outcome === "behind") return;
    throw new AppError(
      "unavailable",
      "restore.copying",
      report.parked?.reason ?? "The hospital works again, and its changes do not reach the online copy yet.",
    );
  } catch (error) {
    if (!(error instanceof SideLost)) throw error;
    throw new AppError(
      "unavailable",
      "restore.copying",
      "The hospital works again; its online copy cannot be reached just now.",
      { cause: error },
    );
  }
}

/** The hospital works by now; a file that is nowhere is told of and fails nothing. */
async function bringFiles({ services, tenant, run }: Restoring): Promise<void> {
  const { named, files, missing, more } = await restoreFiles(services, tenant.id);
  const before = run.files?.fetched ?? 0;
  const { clock, connections } = services;
  const told = { named, fetched: before + files, missing };
  await noteRestore(connections.control.db, run.id, { files: told }, clock.now());
  if (more)
    throw new AppError(
      "unavailable",
      "restore.files",
      "The hospital works again; more of its files are still on their way.",
    );
}
