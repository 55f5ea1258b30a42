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
  const later = (error: unknown, server?: string) =>
    log.warn({ err: error, server }, "What new hospitals are cloned from was not made yet");
  try {
    const servers = await connections.control.db.select().from(databaseServers);
    const make = async (server: (typeof servers)[number]) =>
      ensureHospitalTemplate(adminPlaceOf(server, keyring));
    await Promise.all(
      servers.map((server) => make(server).catch((error: unknown) => later(error, server.name))),
    );
  } catch (error) {
    later(error);
  }
}
