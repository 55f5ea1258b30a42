import { eq } from "drizzle-orm";
import type { HospitalPool } from "../../db/connect.ts";
import type { ControlDb, Place } from "../../db/planes.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { notFound } from "../errors.ts";
import { adminPlaceOf, type DatabaseServer, serversById } from "../owner/servers/servers.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import type { Hospital } from "../tenancy/context.ts";
import { hospitalOf } from "../tenancy/resolve.ts";
import type { Services } from "../tenancy/services.ts";

/** Where a hospital's two databases are. */
export interface TenantPlaces {
  readonly tenant: Tenant;
  readonly hospital: Hospital;
  /** The servers as their maintenance roles, in the hospital's database and schema. */
  readonly primaryAdmin: Place;
  readonly copyAdmin: Place | null;
}

/** The places of one hospital, whatever its state. @throws AppError not-found (404). */
// open: a look-up inside rules that have authorized
export async function placesOf(
  services: Pick<Services, "connections" | "keyring">,
  tenantId: string,
): Promise<TenantPlaces> {
  const { connections, keyring } = services;
  const [tenant] = await connections.control.db.select().from(tenants).where(eq(tenants.id, tenantId));
  if (tenant === undefined) throw notFound("hospital");
  const { primary, copy } = await serversOf(connections.control.db, tenant);
  const inSchema = (server: DatabaseServer, database: string): Place => ({
    ...adminPlaceOf(server, keyring),
    database,
    schema: tenant.schemaName,
  });
  return {
    tenant,
    hospital: hospitalOf(keyring, { tenant, server: primary }),
    primaryAdmin: inSchema(primary, tenant.primaryDatabase),
    copyAdmin: copy === null || tenant.copyDatabase === null ? null : inSchema(copy, tenant.copyDatabase),
  };
}

/** The servers of one hospital. */
// open: a look-up inside rules that have authorized
export async function serversOf(
  db: ControlDb,
  tenant: Tenant,
): Promise<{ readonly primary: DatabaseServer; readonly copy: DatabaseServer | null }> {
  const servers = await serversById(db, [
    tenant.primaryServerId,
    ...(tenant.copyServerId === null ? [] : [tenant.copyServerId]),
  ]);
  const primary = servers.get(tenant.primaryServerId);
  if (primary === undefined) throw new Error("The hospital's database server is not on record.");
  return { primary, copy: (tenant.copyServerId !== null && servers.get(tenant.copyServerId)) || null };
}

/** The pool of a hospital's primary, as its own role. */
// open: a look-up inside rules that have authorized
export async function poolOf(services: Services, tenantId: string): Promise<HospitalPool> {
  const { hospital } = await placesOf(services, tenantId);
  return services.connections.hospital(hospital.place);
}
