import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";

/** Has all databases looked at now, by whichever worker is free. */
export async function askForLook(services: Pick<Services, "queue">, context: OwnerContext): Promise<void> {
  authorize(context.actor, "health:edit");
  await services.queue.add("health.check-all", {});
}
