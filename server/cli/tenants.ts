import { pushConfiguration } from "../bridge/configuration.ts";
import { migrateTenants } from "../bridge/migrate-tenants.ts";
import { runProvisioning } from "../bridge/provision-run.ts";
import { AppError } from "../errors.ts";
import { activateTenant, suspendTenant } from "../owner/tenants/tenant-status.ts";
import { getTenant } from "../owner/tenants/tenants.ts";
import { listTenants, type TenantSummary } from "../owner/tenants/tenants-list.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { insideOwner } from "./place.ts";
import { register } from "./tenants-register.ts";

const text = { type: "string" } as const;
/** The hospital of a subdomain. @throws AppError not-found. */
export async function tenantBySubdomain(
  context: OwnerContext,
  services: Services,
  subdomain: string,
): Promise<TenantSummary> {
  const hospital = await services.resolver.hospitalBySubdomain(subdomain);
  if (hospital === null)
    throw new AppError("not-found", "hospital.not-found", `There is no hospital "${subdomain}".`);
  return getTenant(context, hospital.id);
}

const list: Command = {
  name: "tenants:list",
  summary: "List hospitals",
  usage: `wardline tenants:list [--search TEXT] [--status STATUS] [--plan KEY] [--json]

  --status STATUS  provisioning, active, suspended, archived, deleting or deleted; left out, those in daily use`,
  async run(services, args, io) {
    const given = readArguments(args, { search: text, status: text, plan: text });
    const status = choice("status", given.status, [
      "provisioning",
      "active",
      "suspended",
      "archived",
      "deleting",
      "deleted",
    ]);
    const items: TenantSummary[] = [];
    let cursor: string | undefined;
    do {
      const page = await listTenants(insideOwner(services), { ...given, status, cursor, limit: 100 });
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    if (given.json) io.out(asJson(items));
    else
      io.out(
        table([
          ["SUBDOMAIN", "NAME", "STATUS", "PLAN", "PATIENTS", "USERS", "ISOLATION"],
          ...items.map((row) => [
            row.subdomain,
            row.companyName,
            row.status,
            row.plan,
            String(row.patientCount ?? "-"),
            String(row.userCount ?? "-"),
            row.isolation,
          ]),
        ]),
      );
    return 0;
  },
};

const show: Command = {
  name: "tenants:show",
  summary: "Show one hospital",
  usage: "wardline tenants:show --hospital SUBDOMAIN [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const row = await tenantBySubdomain(insideOwner(services), services, needed("hospital", given.hospital));
    const facts = Object.entries(row).map(([key, value]) => [
      key,
      value instanceof Date
        ? value.toISOString()
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value),
    ]);
    io.out(given.json ? asJson(row) : table(facts));
    return 0;
  },
};

const suspend: Command = {
  name: "tenants:suspend",
  summary: "Close a hospital's portal until it is activated",
  usage: "wardline tenants:suspend --hospital SUBDOMAIN [--reason TEXT] [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, reason: text });
    const context = insideOwner(services);
    const { id } = await tenantBySubdomain(context, services, needed("hospital", given.hospital));
    await suspendTenant(context, id, given.reason ?? "");
    io.out(given.json ? asJson(await getTenant(context, id)) : `${given.hospital} is suspended.`);
    return 0;
  },
};

const activate: Command = {
  name: "tenants:activate",
  summary: "Open a suspended or archived hospital again, or take a deletion back",
  usage: "wardline tenants:activate --hospital SUBDOMAIN [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const context = insideOwner(services);
    const { id } = await tenantBySubdomain(context, services, needed("hospital", given.hospital));
    const tenant = await activateTenant(context, id);
    await pushConfiguration(services, id);
    io.out(given.json ? asJson(await getTenant(context, id)) : `${given.hospital} is ${tenant.status}.`);
    return 0;
  },
};

const resume: Command = {
  name: "tenants:resume",
  summary: "Go on with a hospital whose creation stopped half-way",
  usage: "wardline tenants:resume --hospital SUBDOMAIN [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const context = insideOwner(services);
    const { id } = await tenantBySubdomain(context, services, needed("hospital", given.hospital));
    const outcome = await runProvisioning(services, id);
    if (outcome.status === "failed") throw outcome.error;
    const said = outcome.status === "busy" ? "being set up by another process" : "set up";
    io.out(given.json ? asJson({ tenantId: id, status: outcome.status }) : `${given.hospital} is ${said}.`);
    return outcome.status === "busy" ? 1 : 0;
  },
};

const migrate: Command = {
  name: "tenants:migrate",
  summary: "Bring hospitals' databases up to date",
  usage: `wardline tenants:migrate --all | --hospital SUBDOMAIN [--json]

  Online copies first, four hospitals at once. One that fails stays as it was; the exit code is 1 then.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, all: { type: "boolean", default: false } });
    if (!given.all)
      await tenantBySubdomain(insideOwner(services), services, needed("hospital", given.hospital));
    const results = await migrateTenants(services, given.all ? undefined : given.hospital);
    if (given.json) io.out(asJson(results));
    else
      io.out(
        table(
          results.map((row) => [
            row.subdomain,
            row.ok ? "ok" : "FAILED",
            row.reason ?? `${row.applied} applied`,
          ]),
        ),
      );
    return results.every((row) => row.ok) ? 0 : 1;
  },
};

export const tenantCommands: readonly Command[] = [register, list, show, suspend, activate, resume, migrate];
