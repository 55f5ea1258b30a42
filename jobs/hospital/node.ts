import { sql } from "drizzle-orm";
import { mailHospitalsDue } from "../../server/bridge/mail.ts";
import { filesToOwner } from "../../server/node/files.ts";
import { placesOfNode } from "../../server/node/pool.ts";
import { pushToOwner, verifyWithOwner } from "../../server/node/push.ts";
import type { Services } from "../../server/tenancy/services.ts";
import { handlers } from "../handlers.ts";
import type { Handlers } from "../run.ts";
import type { Schedule } from "../schedule.ts";

const push = async (services: Services) => {
  const { outcome, rows, lagRows } = await pushToOwner(services);
  return { synced: outcome === "synced", rows, waiting: lagRows ?? 0 };
};

/** What the owner's plane does by itself has no work on a hospital's own server. */
const notHere = async () => ({ here: false });

/** Jobs as a hospital's own server does them: its changes go over the signed link, and there is one hospital. */
export const nodeHandlers: Handlers<Services> = {
  ...handlers,
  "sync.push-due": (_, services) => push(services),
  "sync.push": (_, services) => push(services),
  "files.copy-due": async (_, services, run) => {
    const { files, bytes } = await filesToOwner(services, run.signal);
    return { files, bytes };
  },
  "sync.verify-due": async (_, services) => {
    const { outcome, equal } = await verifyWithOwner(services);
    return { verified: outcome === "verified", equal };
  },
  "mail.send-due": (_, services) => mailHospitalsDue(services),
  // The audit's months to come; where its chain ends the copy tells the owner.
  "audit.keep": async (_, services) => {
    const { db } = services.connections.hospital(placesOfNode(services).app);
    await db.execute(sql`select audit_make_months('audit_log')`);
    return {};
  },
  "mail.send-owner": notHere,
  "health.check-all": notHere,
  "subscriptions.expire-trials": notHere,
  "configuration.push-due": notHere,
  "tenants.erase-due": notHere,
  "provisioning.resume-due": notHere,
  "restore.resume-due": notHere,
  "provisioning.resume": notHere,
};

/** When they run by themselves. */
export const nodeSchedules: readonly Schedule[] = [
  { job: "sync.push-due", everyMs: 3_000 },
  { job: "files.copy-due", everyMs: 5_000 },
  { job: "audit.keep", everyMs: 300_000 },
  { job: "mail.send-due", everyMs: 60_000 },
  { job: "imports.resume-due", everyMs: 120_000 },
  { job: "retention.clean-up-due", pattern: "0 45 1 * * *", zone: "UTC" },
  { job: "sync.verify-due", pattern: "0 15 * * * *", zone: "UTC" },
];
