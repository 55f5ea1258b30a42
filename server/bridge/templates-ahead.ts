import { databaseServers } from "../../db/schema/control/tenants.ts";
import { ensureHospitalTemplate } from "../../db/templates.ts";
import { adminPlaceOf } from "../owner/servers/servers.ts";
import type { Services } from "../tenancy/services.ts";

/**
 * Makes what new hospitals are cloned from on every database server that lacks it, a new version's first start
 * among them, so that nobody who creates a hospital waits for it. Never throws: where a server could not be
 * reached, the first hospital placed there makes it.
 */
// open: called by the start of the process alone
export async function makeTemplatesAhead(services: Services): Promise<void> {
  const { connections, keyring, log } = services;
  const servers = await connections.control.db
    .select()
    .from(databaseServers)
    .catch(() => []);
  await Promise.all(
    servers.map(async (server) => {
      try {
        await ensureHospitalTemplate(adminPlaceOf(server, keyring));
      } catch (error) {
        log.warn({ err: error, server: server.name }, "What new hospitals are cloned from was not made yet");
      }
    }),
  );
}
