import { eq, sql } from "drizzle-orm";
import { grantHospital } from "../../db/grants.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import { AppError } from "../errors.ts";
import { recordProof } from "../owner/health/sync-state.ts";
import { followWriter, issuedNumbers, makeWriter } from "../sync/restore.ts";
import { SideLost } from "../sync/sides.ts";
import { verifySync } from "../sync/verify.ts";
import { restoreFiles } from "./files.ts";
import { knownSequences } from "./on-site.ts";
import { noteRestore, noteRestoreStep } from "./restore-record.ts";
import type { Restoring } from "./restoring.ts";
import { systemOwner } from "./system-context.ts";

/** A number issued in the lost window is on paper; what follows lies past any that can have been. */
const numbersApart = 10_000;

/** Numbers go on past all that may have been issued, triggers and foreign keys wake, and the role may write. */
// open: a step of a restore, which has authorized
export async function becomeWriter({ services, tenant, run, copy, target, old }: Restoring): Promise<void> {
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
// open: a step of a restore, which has authorized
export async function switchOver({ services, tenant, run, copy, target, old }: Restoring): Promise<void> {
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

/** Proves the copy equal to its new writer. @throws AppError unavailable (503) `restore.copying`. */
// open: a step of a restore, which has authorized
export async function goOnCopying({ services, tenant, copy, target }: Restoring): Promise<void> {
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
// open: a step of a restore, which has authorized
export async function bringFiles({ services, tenant, run }: Restoring): Promise<void> {
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
