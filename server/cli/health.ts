import { checkAllHospitals } from "../bridge/health.ts";
import { type HealthRow, listHealth } from "../owner/health/health-list.ts";
import { readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { insideOwner } from "./place.ts";

const flag = { type: "boolean", default: false } as const;

const health: Command = {
  name: "system:health",
  summary: "Look at both databases of every hospital now",
  usage: `wardline system:health [--last] [--json]

  Asks every database that can be reached from here, and tells what hospitals on their own servers reported.
  Ends with 0 where every hospital is healthy, else with 1: no report is not healthy.

  --last   what was found at the last look, without looking again`,
  async run(services, args, io) {
    const given = readArguments(args, { last: flag });
    const context = insideOwner(services);
    const pass = given.last ? null : await checkAllHospitals(services);
    const { items, counts } = await listHealth(context, { limit: Number.MAX_SAFE_INTEGER });
    const healthy = items.every(({ state }) => state === "healthy");
    if (given.json) io.out(asJson({ healthy, counts, pass, hospitals: items }));
    else
      io.out(
        [
          table([
            ["HOSPITAL", "STATE", "DATABASE", "ONLINE COPY", "ROWS BEHIND", "ALERTS"],
            ...items.map((row) => [
              ...[row.subdomain, row.state, answered(row.primary), copyOf(row)],
              ...[String(row.primary?.lagRows ?? "-"), row.alerts.map(({ code }) => code).join(" ") || "-"],
            ]),
          ]),
          `${items.length} hospitals: ${healthy ? "all well" : "not all well"}${pass === null ? "" : `, in ${(pass.tookMs / 1000).toFixed(1)} s`}.`,
        ].join("\n"),
      );
    return healthy ? 0 : 1;
  },
};

function answered(check: HealthRow["primary"]): string {
  return check === null
    ? "no report"
    : check.reachable
      ? `${(check.latencyMs ?? 0).toFixed(1)} ms`
      : "UNREACHABLE";
}

function copyOf(row: HealthRow): string {
  return row.copy === null && row.copyDatabase === null && !row.onSite ? "none" : answered(row.copy);
}

export const healthCommands: readonly Command[] = [health];
