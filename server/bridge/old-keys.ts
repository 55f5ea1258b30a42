import { lt } from "drizzle-orm";
import { ownerIdempotencyKeys } from "../../db/schema/control/idempotency.ts";
import { idempotencyKeys } from "../../db/schema/hospital/idempotency.ts";
import type { Services } from "../tenancy/services.ts";

/** A request is not sent again with the same Idempotency-Key after this long; its kept answer goes with it. */
const keptMs = 7 * 24 * 60 * 60_000;

const before = (services: Pick<Services, "clock">) => new Date(services.clock.now().getTime() - keptMs);

/** Forgets a hospital's keys, and the answers kept under them, that are older than a week. */
// open: called by the health job alone
export async function forgetOldKeys(services: Services, tenantId: string): Promise<void> {
  const hospital = await services.resolver.hospitalById(tenantId);
  if (hospital === null) return;
  const { db } = services.connections.hospital(hospital.place);
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before(services)));
}

/** The same for the keys of operators. */
// open: called by the health job alone
export async function forgetOldOwnerKeys(services: Services): Promise<void> {
  const { db } = services.connections.control;
  await db.delete(ownerIdempotencyKeys).where(lt(ownerIdempotencyKeys.createdAt, before(services)));
}
