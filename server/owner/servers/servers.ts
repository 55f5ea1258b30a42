import { and, asc, count, eq, inArray, sql } from "drizzle-orm";
import type { ControlDb, ControlTx, Place } from "../../../db/planes.ts";
import { databaseServers, tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import type { Keyring } from "../../crypto.ts";
import { AppError, invalidField } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

export type DatabaseServer = typeof databaseServers.$inferSelect;
type Purpose = DatabaseServer["purpose"];

/** A database server as the owner sees it: no credentials. */
export interface ServerSummary {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly purpose: Purpose;
  readonly address: string;
  readonly hospitals: number;
  readonly maxHospitals: number | null;
  readonly createdAt: Date;
}

/** Where hospitals' databases are placed, with how many each server holds. */
export async function listServers(context: OwnerContext): Promise<readonly ServerSummary[]> {
  authorize(context.actor, "servers:read");
  const servers = await context.db.select().from(databaseServers).orderBy(asc(databaseServers.name));
  const held = await hospitalsByServer(context.db);
  return servers.map((server) => ({
    id: server.id,
    name: server.name,
    region: server.region,
    purpose: server.purpose,
    address: `${server.host}:${server.port}`,
    hospitals: held.get(server.id) ?? 0,
    maxHospitals: server.maxHospitals,
    createdAt: server.createdAt,
  }));
}

async function hospitalsByServer(db: ControlDb): Promise<ReadonlyMap<string, number>> {
  const living = sql`${tenants.status} <> 'deleted'`;
  const primary = await db
    .select({ id: tenants.primaryServerId, hospitals: count() })
    .from(tenants)
    .where(living)
    .groupBy(tenants.primaryServerId);
  const copies = await db
    .select({ id: tenants.copyServerId, hospitals: count() })
    .from(tenants)
    .where(living)
    .groupBy(tenants.copyServerId);
  return new Map([...primary, ...copies].map((row) => [row.id ?? "", row.hospitals]));
}

/**
 * The server a new hospital is placed on: one of its region if there is one, else any; of those with room, the
 * one that holds fewest. Null where there is none of that purpose.
 * @throws AppError unavailable (503) when every server is full.
 */
// open: a look-up inside provisioning, which has authorized
export async function chooseServer(
  db: ControlDb,
  purpose: Purpose,
  region: string,
): Promise<DatabaseServer | null> {
  const servers = await db.select().from(databaseServers).where(eq(databaseServers.purpose, purpose));
  if (servers.length === 0) return null;
  const held = await hospitalsByServer(db);
  const load = (server: DatabaseServer) => held.get(server.id) ?? 0;
  const [best] = servers
    .filter((server) => server.maxHospitals === null || load(server) < server.maxHospitals)
    .sort(
      (a, b) =>
        Number(b.region === region) - Number(a.region === region) ||
        load(a) - load(b) ||
        a.name.localeCompare(b.name),
    );
  if (best === undefined)
    throw new AppError(
      "unavailable",
      "server.all-full",
      "Every database server is full. Add one, or raise the limit of one.",
    );
  return best;
}

/** These servers, by id. */
// open: a look-up inside rules that have authorized
export async function serversById(
  db: ControlDb,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DatabaseServer>> {
  const rows = await db
    .select()
    .from(databaseServers)
    .where(inArray(databaseServers.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** The server as its maintenance role, on database `postgres`. */
// open: hands out no more than its caller already holds: the row and the keyring
export function adminPlaceOf(server: DatabaseServer, keyring: Keyring): Place {
  return {
    host: server.host,
    port: server.port,
    database: "postgres",
    user: server.adminUser,
    password: keyring.unseal(server.sealedAdminPassword),
    schema: "public",
  };
}

/**
 * Puts a server on record, or corrects the one of this name. @throws AppError invalid (422) for an unusable name.
 */
export async function addServer(
  context: OwnerContext,
  keyring: Keyring,
  server: {
    readonly name: string;
    readonly region: string;
    readonly purpose: Purpose;
    readonly admin: Place;
    readonly maxHospitals: number | null;
  },
): Promise<void> {
  authorize(context.actor, "operators:edit");
  for (const field of ["name", "region"] as const)
    if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(server[field]))
      throw invalidField(field, "bad-characters", "Use small letters, digits and hyphens.");
  await context.write(async (tx) => {
    await recordServer(tx, keyring, server);
    const { name, region, maxHospitals } = server;
    await tx.update(databaseServers).set({ region, maxHospitals }).where(eq(databaseServers.name, name));
    await auditOwner(tx, context, {
      event: "server.recorded",
      entity: "database-server",
      entityId: null,
      details: { name, region, purpose: server.purpose, host: server.admin.host, port: server.admin.port },
    });
  });
}

/** Puts a server on record, or corrects where it is: embedded servers may change their port between starts. */
// open: part of every start
export async function recordServer(
  tx: ControlTx,
  keyring: Keyring,
  server: {
    readonly name: string;
    readonly region: string;
    readonly purpose: Purpose;
    readonly admin: Place;
  },
): Promise<void> {
  const { name, region, purpose, admin } = server;
  const [known] = await tx
    .select()
    .from(databaseServers)
    .where(and(eq(databaseServers.name, name), eq(databaseServers.purpose, purpose)));
  const there =
    known !== undefined &&
    known.host === admin.host &&
    known.port === admin.port &&
    known.adminUser === admin.user;
  if (there && samePassword(known.sealedAdminPassword, keyring, admin.password)) return;
  const where = {
    host: admin.host,
    port: admin.port,
    adminUser: admin.user,
    sealedAdminPassword: keyring.seal(admin.password),
  };
  await tx
    .insert(databaseServers)
    .values({ name, region, purpose, ...where })
    .onConflictDoUpdate({
      target: databaseServers.name,
      set: { ...where, updatedAt: sql`now()`, version: sql`${databaseServers.version} + 1` },
    });
}

function samePassword(sealed: string, keyring: Keyring, password: string): boolean {
  try {
    return keyring.unseal(sealed) === password;
  } catch {
    // Sealed with an earlier key: sealed anew with this one.
    return false;
  }
}
