import { and, desc, eq, sql } from "drizzle-orm";
import { grantHospital } from "../../db/grants.ts";
import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import { restoreRuns } from "../../db/schema/control/restore.ts";
import { databaseServers, tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { notFound } from "../errors.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import { adminPlaceOf } from "../owner/servers/servers.ts";
import { on, withSide } from "../sync/sides.ts";
import { readUnsent, type UnsentRow } from "../sync/unsent.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";

/** A database that a restore has put another one in the place of. */
export interface Replaced {
  readonly runId: string;
  readonly server: string;
  readonly database: string;
  readonly replacedAt: Date;
  /** Null: it does not answer. Rows that it holds and never sent. */
  readonly unsent: number | null;
}

const patienceMs = 1_500;

async function placesReplaced(services: Services, owner: OwnerContext, tenantId: string) {
  const rows = await owner.db
    .select({ run: restoreRuns, server: databaseServers, roleName: tenants.roleName })
    .from(restoreRuns)
    .innerJoin(tenants, eq(tenants.id, restoreRuns.tenantId))
    .innerJoin(databaseServers, eq(databaseServers.id, restoreRuns.oldServerId))
    .where(
      and(
        eq(restoreRuns.tenantId, tenantId),
        eq(restoreRuns.status, "done"),
        sql`(${restoreRuns.oldServerId}, ${restoreRuns.oldDatabase}) is distinct from (${tenants.primaryServerId}, ${tenants.primaryDatabase})`,
      ),
    )
    .orderBy(desc(restoreRuns.createdAt), desc(restoreRuns.id))
    .limit(3);
  return rows.map(({ run, server, roleName }) => {
    const place: Place = {
      ...adminPlaceOf(server, services.keyring),
      ...{ database: run.oldDatabase, schema: run.schemaName },
    };
    return { run, server, roleName, place };
  });
}

/** Databases that this hospital had before, and whether they answer again. Each that does is read only from then on. */
export async function replacedDatabases(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<readonly Replaced[]> {
  authorize(owner.actor, "health:read");
  requireTenant(owner.actor, tenantId);
  const places = await placesReplaced(services, owner, tenantId);
  return Promise.all(
    places.map(async ({ run, server, roleName, place }) => {
      const asked = (async () => {
        await grantHospital(place, roleName, "copy");
        return countUnsent(place, run.lastTick);
      })().catch(() => null);
      return {
        ...{ runId: run.id, server: server.name, database: run.oldDatabase },
        replacedAt: run.createdAt,
        unsent: await Promise.race([asked, Bun.sleep(patienceMs).then(() => null)]),
      };
    }),
  );
}

async function countUnsent(place: Place, tick: number | null): Promise<number> {
  return withSide("primary", place, async (session) => {
    const [row] = await on(
      "primary",
      session<{ n: number }[]>`select count(*)::float8 as n from sync_unsent(${tick})`,
    );
    return row?.n ?? 0;
  });
}

/**
 * What a replaced database wrote and never sent, oldest first, for a person to look at. `runId`: of which restore;
 * left out, the newest whose old database is another one than today's. Looking is audited.
 * @throws AppError not-found (404), SideLost.
 */
export async function* unsentRows(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  runId?: string,
): AsyncGenerator<UnsentRow> {
  authorize(owner.actor, "tenants:restore");
  requireTenant(owner.actor, tenantId);
  const places = await placesReplaced(services, owner, tenantId);
  const found = runId === undefined ? places[0] : places.find(({ run }) => run.id === runId);
  if (found === undefined) throw notFound("restore");
  const { run, place } = found;
  await owner.write((tx) =>
    auditOwner(tx, owner, {
      ...{ event: "tenant.unsent-listed", entity: "tenant", entityId: tenantId, tenantId },
      details: { runId: run.id },
    }),
  );
  // It may have stood still over an update of the app.
  await migrate(place, "hospital");
  yield* readUnsent(place, run.lastTick);
}
