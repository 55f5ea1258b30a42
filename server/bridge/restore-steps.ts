import { ensureDatabase, ensureRole } from "../../db/databases.ts";
import { grantHospital } from "../../db/grants.ts";
import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import { createHospitalDatabase } from "../../db/templates.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import { pushSync } from "../sync/push.ts";
import { fenceCopy, makeReceiver } from "../sync/restore.ts";
import type { Services } from "../tenancy/services.ts";
import { load, verify } from "./restore-load.ts";
import { secondsBetween } from "./restore-plan.ts";
import { noteRestore, type RestoreStepKey } from "./restore-record.ts";
import { becomeWriter, bringFiles, goOnCopying, switchOver } from "./restore-switch.ts";
import type { Restoring } from "./restoring.ts";

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
