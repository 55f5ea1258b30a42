import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { newKey } from "../crypto.ts";
import type { Services } from "../tenancy/services.ts";

/**
 * Gives each hospital that has none the key of what is sealed inside its own database. New ones are made with
 * theirs; those from before get it at the start after. Several processes may do so at once: the first one's stays.
 */
// open: part of every start
export async function giveDataKeys(
  services: Pick<Services, "connections" | "keyring" | "resolver">,
): Promise<number> {
  const { db } = services.connections.control;
  const without = await db
    .select({ id: tenants.id })
    .from(tenants)
    .where(and(isNull(tenants.sealedDataKey), ne(tenants.status, "deleted")));
  for (const { id } of without)
    await db
      .update(tenants)
      // A new version tells the other copies of the app.
      .set({ sealedDataKey: services.keyring.seal(newKey()), version: sql`${tenants.version} + 1` })
      .where(and(eq(tenants.id, id), isNull(tenants.sealedDataKey)));
  if (without.length > 0) services.resolver.forget();
  return without.length;
}
