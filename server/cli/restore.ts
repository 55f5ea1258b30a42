import { restoreHospital, resumeRestore } from "../bridge/restore.ts";
import { planRestore, type RestorePlan } from "../bridge/restore-plan.ts";
import { readRestore } from "../bridge/restore-record.ts";
import { unsentRows } from "../bridge/restore-unsent.ts";
import { openNodeFoundation } from "../node/foundation.ts";
import { readUnsent } from "../sync/unsent.ts";
import type { Services } from "../tenancy/services.ts";
import { needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, type CommandIo } from "./command.ts";
import { insideOwner } from "./place.ts";
import { tenantBySubdomain } from "./tenants.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

const restore: Command = {
  name: "restore",
  summary: "Rebuild a hospital's lost database from its online copy",
  usage: `wardline restore --hospital SUBDOMAIN --confirm NAME [options]

  Fences the old database, makes a new one, loads every table, proves them equal, moves the hospital over. Cut off,
  run it again: it goes on with the step it had reached.

  --hospital SUBDOMAIN  which
  --confirm NAME        the hospital's name, as the owner's pages show it
  --server NAME         the server to restore on (the one it was on; see servers:list)
  --dry-run             tell what would be done and what may be lost, and do nothing
  --anyway              although the old database answers, or the copy was not whole
  --reason TEXT         kept with the restore
  --json                answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, confirm: text, server: text, reason: text },
      ...{ "dry-run": flag, anyway: flag },
    });
    const owner = insideOwner(services);
    const { id } = await tenantBySubdomain(owner, services, needed("hospital", given.hospital));
    if (given["dry-run"] === true) {
      const plan = await planRestore(services, owner, id, given.server);
      io.out(given.json ? asJson(plan) : wordsOf(plan));
      return 0;
    }
    const before = await readRestore(owner.db, id);
    if (before !== null && before.run.status !== "done") return goOn(services, id, given.json === true, io);
    if (given.confirm === undefined) throw new UsageError("--confirm is the hospital's name.");
    await restoreHospital(services, owner, id, {
      ...{ confirmation: given.confirm, server: given.server, reason: given.reason },
      anyway: given.anyway === true,
    });
    return tell(services, id, given.json === true, io);
  },
};

async function goOn(services: Services, id: string, json: boolean, io: CommandIo): Promise<number> {
  const outcome = await resumeRestore(services, id);
  if (outcome.status === "failed") throw outcome.error;
  if (outcome.status === "busy") {
    io.err("Another process is at this restore.");
    return 1;
  }
  return tell(services, id, json, io);
}

async function tell(services: Services, id: string, json: boolean, io: CommandIo): Promise<number> {
  const state = await readRestore(services.connections.control.db, id);
  if (state === null) return 1;
  const { run } = state;
  const tables = Object.values(run.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  io.out(
    json
      ? asJson(state)
      : [
          `Restored into ${run.targetDatabase}: ${tables.length} tables, ${rows} rows, all equal to the copy.`,
          `The copy's last tick was ${run.lastTick} of ${run.lastTickAt?.toISOString() ?? "unknown"}.`,
          run.lostSeconds === 0
            ? "Nothing was lost."
            : `What was written in the ${run.lostSeconds ?? "unknown"} seconds after it may be lost.`,
          ...(run.files === null
            ? []
            : [
                `Files: ${run.files.named}, ${run.files.fetched} of them fetched, ${run.files.missing} missing.`,
              ]),
        ].join("\n"),
  );
  return 0;
}

function wordsOf(plan: RestorePlan): string {
  const { target, lost } = plan;
  return [
    `${plan.hospital}: ${plan.tables} tables, about ${plan.aboutRows} rows, from ${plan.from.database} on ${plan.from.server}`,
    `into ${target.database} on ${target.server}.`,
    `Last tick ${lost.lastTick} of ${lost.lastTickAt?.toISOString() ?? "unknown"}; what was written in the ${Math.round(lost.seconds ?? 0)} seconds since may be lost.`,
    ...(plan.primaryAnswers ? ["The hospital's database answers: --anyway is needed."] : []),
    ...(plan.copyIncomplete ? ["The copy was being filled and is not whole: --anyway is needed."] : []),
  ].join("\n");
}

const unsent: Command = {
  name: "restore:unsent",
  summary: "List what a replaced database wrote and never sent",
  usage: `wardline restore:unsent --hospital SUBDOMAIN [--run ID]

  One JSON object a line: seq, table, op (I, U, D), key, image. It holds patients' data: keep it as such. The
  database that was replaced must answer; it is not changed but for its tables being brought up to date.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, run: text });
    const owner = insideOwner(services);
    const { id } = await tenantBySubdomain(owner, services, needed("hospital", given.hospital));
    for await (const row of unsentRows(services, owner, id, given.run)) io.out(JSON.stringify(row));
    return 0;
  },
};

const nodeUnsent: Command = {
  name: "node:unsent",
  summary: "List what this server, whose place another has taken, never sent",
  usage: `wardline node:unsent

  Run on a hospital's own server. One JSON object a line, as restore:unsent writes them. It holds patients' data:
  keep it as such. Nothing is changed.`,
  run: async () => {
    throw new Error("This command stands on no control database.");
  },
  async apart(env, log, args, io) {
    readArguments(args, {});
    const foundation = await openNodeFoundation(env, log, { borrow: true });
    try {
      for await (const row of readUnsent(foundation.admin, null)) io.out(JSON.stringify(row));
      return 0;
    } finally {
      await foundation.close();
    }
  },
};

export const restoreCommands: readonly Command[] = [unsent, nodeUnsent, restore];
