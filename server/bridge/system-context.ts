import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";

/** The owner plane as a job or a command sees it; `name` lands in the audit, e.g. `job:provisioning.resume`. */
// open: for code of the product itself, which is handed the services
export function systemOwner(
  services: Pick<Services, "connections" | "clock" | "keyring">,
  name: string,
): OwnerContext {
  const { control } = services.connections;
  return {
    actor: { kind: "system", name },
    client: { requestId: Bun.randomUUIDv7(), address: null, userAgent: null },
    clock: services.clock,
    vault: services.keyring,
    db: control.db,
    write: (work) => control.transaction(work),
  };
}
