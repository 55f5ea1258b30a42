import { and, asc, eq } from "drizzle-orm";
import { databaseExists } from "../../db/databases.ts";
import { withSession } from "../../db/migrate-lock.ts";
import type { ControlDb, Place } from "../../db/planes.ts";
import { syncStates } from "../../db/schema/control/health.ts";
import { databaseServers } from "../../db/schema/control/tenants.ts";
import { authorize } from "../auth/permissions.ts";
import { AppError, invalidField } from "../errors.ts";
import { writingNodeOf } from "../owner/nodes/nodes.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import { adminPlaceOf, type DatabaseServer } from "../owner/servers/servers.ts";
import { surveyCopy } from "../sync/restore.ts";
import { SideLost } from "../sync/sides.ts";
import { syncStatus } from "../sync/status.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { placesOf, serversOf, type TenantPlaces } from "./tenant-places.ts";

/** What is lost where the copy's last tick is all there is. */
export interface LostWindow {
  readonly lastTick: number;
  readonly lastTickAt: Date | null;
  /** From the last tick to now: what was written in between may be lost. Null: nobody knows. */
  readonly seconds: number | null;
  /** Rows that were known to wait when the primary was last heard. */
  readonly waitingRows: number | null;
}

/** What a restore would do. */
export interface RestorePlan {
  readonly hospital: string;
  readonly from: { readonly server: string; readonly database: string };
  readonly target: { readonly server: string; readonly serverId: string; readonly database: string };
  readonly tables: number;
  readonly aboutRows: number;
  readonly bytes: number;
  readonly lost: LostWindow;
  /** The database that would be replaced still answers: what it has not sent yet is sent first. */
  readonly primaryAnswers: boolean;
  /** The copy was being filled and lacks rows. */
  readonly copyIncomplete: boolean;
}

/** Servers on which a hospital's database can be rebuilt. */
// open: a look-up inside rules that have authorized
export async function restoreServers(db: ControlDb): Promise<readonly DatabaseServer[]> {
  return db
    .select()
    .from(databaseServers)
    .where(eq(databaseServers.purpose, "primary"))
    .orderBy(asc(databaseServers.name));
}

/**
 * What a restore of this hospital would do and cost, without doing it. `server`: the name of the server to rebuild it
 * on; left out, the one it was on.
 * @throws AppError not-found (404); conflict (409) `restore.no-copy`, `restore.on-site`; invalid (422) for the
 *   server; unavailable (503) where the copy or the server cannot be reached.
 */
export async function planRestore(
  services: Pick<Services, "connections" | "keyring" | "clock">,
  owner: OwnerContext,
  tenantId: string,
  server?: string,
): Promise<RestorePlan> {
  authorize(owner.actor, "tenants:restore");
  requireTenant(owner.actor, tenantId);
  const places = await placesOf(services, tenantId);
  const { tenant, copyAdmin } = places;
  await refuseWhereImpossible(owner.db, places);
  if (copyAdmin === null) throw noCopy();
  const target = await targetOf(owner.db, places, server);
  const { copy } = await serversOf(owner.db, tenant);
  const survey = await surveyCopy(copyAdmin).catch((error: unknown) => {
    if (error instanceof SideLost)
      throw new AppError(
        "unavailable",
        "restore.copy-away",
        "The online copy cannot be reached; there is nothing to restore from.",
        { cause: error },
      );
    throw error;
  });
  if (survey.state.role !== "copy" || survey.state.lastTick === 0) throw noCopy();
  const now = services.clock.now();
  // Whatever is wrong with it, a database that does not say how it is does not work.
  const status = await syncStatus({ primary: places.primaryAdmin, copy: null }).catch(() => null);
  const [known] = await owner.db.select().from(syncStates).where(eq(syncStates.tenantId, tenantId));
  const { lastTick, lastTickAt, filling } = survey.state;
  return {
    hospital: tenant.companyName,
    from: { server: copy?.name ?? "", database: copyAdmin.database },
    target: {
      ...{ server: target.name, serverId: target.id },
      database: await freeDatabase(adminPlaceOf(target, services.keyring), places),
    },
    ...{ tables: survey.tables, aboutRows: survey.aboutRows, bytes: survey.bytes },
    lost: {
      ...{ lastTick, lastTickAt },
      seconds: secondsBetween(lastTickAt, now),
      waitingRows: status?.lagRows ?? known?.lagRows ?? null,
    },
    primaryAnswers: status?.primary.role === "primary",
    copyIncomplete: filling,
  };
}

/** Seconds from one instant to another, never below nought; null where the first is not known. */
// open: pure
export function secondsBetween(from: Date | null, to: Date): number | null {
  return from === null ? null : Math.max(0, (to.getTime() - from.getTime()) / 1000);
}

async function refuseWhereImpossible(db: ControlDb, { tenant }: TenantPlaces): Promise<void> {
  if (!["active", "suspended", "archived"].includes(tenant.status))
    throw new AppError("conflict", "tenant.status", `The hospital is ${tenant.status}; it is not restored.`);
  const node = await writingNodeOf(db, tenant.id);
  if (node !== null && node.status !== "active")
    throw new AppError(
      "conflict",
      "restore.taken-off",
      "This hospital's own server was taken off: the newest rows lie in its database here. Take it back instead.",
    );
  if (node !== null)
    throw new AppError(
      "conflict",
      "restore.on-site",
      "This hospital runs on a server of its own. Make a token, and run node:join on the new machine: it takes all rows and the old one's place.",
    );
}

const noCopy = () =>
  new AppError(
    "conflict",
    "restore.no-copy",
    "This hospital has no online copy that was ever filled; there is nothing to restore from.",
  );

async function targetOf(
  db: ControlDb,
  { tenant }: TenantPlaces,
  asked: string | undefined,
): Promise<DatabaseServer> {
  const [found] = await db
    .select()
    .from(databaseServers)
    .where(
      asked === undefined
        ? eq(databaseServers.id, tenant.primaryServerId)
        : and(eq(databaseServers.name, asked), eq(databaseServers.purpose, "primary")),
    );
  if (found === undefined)
    throw invalidField("server", "unknown", "There is no server of this name for hospitals' own databases.");
  return found;
}

/**
 * The old database, or what is left of it, is never written over: where its name is taken on the server, the next of
 * `name_r2`, `name_r3` … is.
 */
async function freeDatabase(admin: Place, { tenant }: TenantPlaces): Promise<string> {
  const stem = tenant.primaryDatabase.replace(/_r\d+$/, "").slice(0, 58);
  try {
    for (const name of names(tenant.primaryDatabase, stem)) {
      if (!(await databaseExists(admin, name))) return name;
      // A shared database is used again where this hospital's schema is not in it.
      if (
        tenant.isolation === "schema" &&
        !(await schemaExists({ ...admin, database: name }, tenant.schemaName))
      )
        return name;
    }
  } catch (error) {
    throw new AppError(
      "unavailable",
      "restore.server-away",
      "The server to restore on cannot be reached. Choose another, or try again when it is back.",
      { cause: error },
    );
  }
  throw new Error("No name is free for the restored database.");
}

function* names(first: string, stem: string): Generator<string> {
  yield first;
  for (let n = 2; n < 1_000; n += 1) yield `${stem}_r${n}`;
}

async function schemaExists(place: Place, schema: string): Promise<boolean> {
  return withSession({ ...place, schema: "public" }, async (session) => {
    const rows = await session`select 1 from pg_namespace where nspname = ${schema}`;
    return rows.length > 0;
  });
}
