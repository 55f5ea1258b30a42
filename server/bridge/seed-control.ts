import type { Place } from "../../db/planes.ts";
import { seedPlans } from "../owner/plans/plans.ts";
import { recordServer } from "../owner/servers/servers.ts";
import type { Services } from "../tenancy/services.ts";
import { adoptOwnerAudit } from "./audit.ts";
import { giveDataKeys } from "./data-keys.ts";

/** Servers for hospitals' databases as the process was started with them; null: none told. */
export interface StartingServers {
  readonly local: Place | null;
  readonly online: Place | null;
}

/**
 * What the owner plane cannot be without: the standard plans, the servers that new hospitals
 * are placed on, and each hospital's data key.
 * Safe at every start and from several processes; whatever the owner changed stays.
 */
// open: part of every start
export async function seedControl(services: Services, servers: StartingServers): Promise<void> {
  const { connections, keyring } = services;
  await connections.control.transaction(async (tx) => {
    await seedPlans(tx);
    const { local, online } = servers;
    if (local !== null)
      await recordServer(tx, keyring, { name: "local", region: "local", purpose: "primary", admin: local });
    if (online !== null)
      await recordServer(tx, keyring, { name: "online", region: "local", purpose: "copy", admin: online });
  });
  await giveDataKeys(services);
  await adoptOwnerAudit(services);
}
