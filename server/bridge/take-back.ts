import { grantHospital } from "../../db/grants.ts";
import { withSession } from "../../db/migrate-lock.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { requireStepUp } from "../auth/step-up.ts";
import { AppError, invalidField } from "../errors.ts";
import { noteReturn, writingNodeOf } from "../owner/nodes/nodes.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import { transaction } from "../sync/sides.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { readSequences } from "./on-site-rows.ts";
import { placesOf } from "./tenant-places.ts";

/** Numbers issued from here on lie past any that the server may have issued and not told of. */
const numbersApart = 1_000;

/**
 * Makes the database here the hospital's own again, after its server was lost and taken off: it holds all that the
 * server sent. What that server had not sent is not here, and is not taken from it any more. The online copy is
 * filled anew. Cut off and called again, it goes on.
 * @returns up to when the records are those of the server; null where it never told.
 * @throws AppError not-found (404); invalid (422) `confirmation`; conflict (409) `hospital.hosted`, `restore.on-site`;
 *   forbidden (403) `auth.step-up-required`.
 */
export async function takeBackHospital(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  confirmation: string,
): Promise<{ readonly asOf: Date | null }> {
  authorize(owner.actor, "tenants:restore");
  requireTenant(owner.actor, tenantId);
  await requireStepUp(owner, "tenant.take-back");
  const { tenant, primaryAdmin } = await placesOf(services, tenantId);
  const node = await writingNodeOf(owner.db, tenantId);
  if (node === null) throw new AppError("conflict", "hospital.hosted", "This hospital works here already.");
  if (node.status === "active")
    throw new AppError(
      "conflict",
      "restore.on-site",
      "This hospital runs on a server of its own. Take that server off first: nothing is taken from it after that.",
    );
  if (confirmation.trim() !== tenant.companyName)
    throw invalidField("confirmation", "not-equal", "Type the hospital's name exactly as it stands there.");
  const sequences = JSON.stringify(await readSequences(services, tenantId));
  await withSession(primaryAdmin, (session) =>
    transaction(session, "copy", async () => {
      const [state] = await session<{ role: string }[]>`select role from sync_state for update`;
      if (state?.role !== "copy") return;
      await session`select sync_move_sequences(${sequences}::text::jsonb, ${numbersApart})`;
      await session`select sync_become('primary')`;
      await session`select sync_want_reseed('asked')`;
    }),
  );
  await grantHospital(primaryAdmin, tenant.roleName, "primary");
  await owner.write(async (tx) => {
    await noteReturn(tx, tenantId, owner.clock.now());
    await auditOwner(tx, owner, {
      ...{ event: "tenant.taken-back", entity: "tenant", entityId: tenantId, tenantId },
      details: { nodeId: node.id, asOf: node.asOf?.toISOString() ?? null },
    });
  });
  services.resolver.forget();
  return { asOf: node.asOf };
}
