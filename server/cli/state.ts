import { systemOwner } from "../bridge/system-context.ts";
import { placesOf } from "../bridge/tenant-places.ts";
import { listServers } from "../owner/servers/servers.ts";
import { listTenants, type TenantSummary } from "../owner/tenants/tenants-list.ts";
import { syncStatus } from "../sync/status.ts";
import { verifySync } from "../sync/verify.ts";
import type { Services } from "../tenancy/services.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { tenantBySubdomain } from "./tenants.ts";

const text = { type: "string" } as const;

const verify: Command = {
  name: "verify",
  summary: "Compare a hospital's database with its online copy, table by table",
  usage: `wardline verify --hospital SUBDOMAIN [--json]

  Brings the copy up to date, then compares count and checksum of every table at one moment.
  Ends with 0 where all are equal, else with 1.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const subdomain = needed("hospital", given.hospital);
    const { id } = await tenantBySubdomain(systemOwner(services, "command"), services, subdomain);
    const { primaryAdmin, copyAdmin } = await placesOf(services, id);
    const report = await verifySync({ primary: primaryAdmin, copy: copyAdmin });
    if (given.json) io.out(asJson({ hospital: subdomain, ...report }));
    else
      io.out(
        [
          table([
            ["TABLE", "PRIMARY", "COPY", ""],
            ...report.tables.map((row) => [
              row.table,
              String(row.primaryRows),
              String(row.copyRows ?? "-"),
              row.equal ? "equal" : "DIFFERS",
            ]),
          ]),
          report.outcome === "verified"
            ? `${report.equal ? "Equal" : "NOT equal"} at tick ${report.tick}, in ${report.tookMs} ms.`
            : `Not compared: ${report.parked?.reason ?? report.outcome}.`,
        ].join("\n"),
      );
    return report.outcome === "verified" && report.equal ? 0 : 1;
  },
};

interface HospitalHealth {
  readonly hospital: string;
  readonly status: string;
  readonly primary: string;
  readonly copy: string;
  readonly lagRows: number | null;
  readonly lagSeconds: number | null;
  readonly healthy: boolean;
}

const health: Command = {
  name: "health",
  summary: "Ask every database whether it is well",
  usage: `wardline health [--json]

  Ends with 0 where every database answers and every online copy follows, else with 1.`,
  async run(services, args, io) {
    const given = readArguments(args, {});
    const context = systemOwner(services, "command");
    const servers = await listServers(context);
    const hospitals: HospitalHealth[] = [];
    let cursor: string | undefined;
    do {
      const page = await listTenants(context, { limit: 100, cursor });
      for (const tenant of page.items) hospitals.push(await healthOf(services, tenant));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const healthy = hospitals.every((row) => row.healthy);
    if (given.json) io.out(asJson({ healthy, servers, hospitals }));
    else
      io.out(
        [
          table([
            ["HOSPITAL", "STATUS", "DATABASE", "ONLINE COPY", "ROWS BEHIND", ""],
            ...hospitals.map((row) => [
              row.hospital,
              row.status,
              row.primary,
              row.copy,
              String(row.lagRows ?? "-"),
              row.healthy ? "ok" : "LOOK",
            ]),
          ]),
          `${servers.length} database servers, ${hospitals.length} hospitals: ${healthy ? "all well" : "not all well"}.`,
        ].join("\n"),
      );
    return healthy ? 0 : 1;
  },
};

async function healthOf(services: Services, tenant: TenantSummary): Promise<HospitalHealth> {
  const { subdomain: hospital, status } = tenant;
  const places = await placesOf(services, tenant.id);
  const state = await syncStatus({ primary: places.primaryAdmin, copy: places.copyAdmin }).catch(() => null);
  if (state === null)
    return {
      hospital,
      status,
      primary: "unreadable",
      copy: "unknown",
      lagRows: null,
      lagSeconds: null,
      healthy: false,
    };
  const primary = state.primary.reachable ? "reachable" : "UNREACHABLE";
  const copy = state.copy === null ? "none" : state.copy.reachable ? "reachable" : "UNREACHABLE";
  const healthy =
    status !== "provisioning" &&
    state.primary.reachable &&
    state.copy?.reachable !== false &&
    state.parked === null;
  return { hospital, status, primary, copy, lagRows: state.lagRows, lagSeconds: state.lagSeconds, healthy };
}

export const stateCommands: readonly Command[] = [verify, health];
