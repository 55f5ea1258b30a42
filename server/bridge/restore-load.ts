import { sql } from "drizzle-orm";
import { AppError } from "../errors.ts";
import { analyzeTable, compareTables, loadTable, speakAlike, tablesOf } from "../sync/restore-rows.ts";
import { withSide } from "../sync/sides.ts";
import type { Services } from "../tenancy/services.ts";
import { noteTables } from "./restore-record.ts";
import type { Restoring } from "./restoring.ts";

/** Table after table; one that is noted is not fetched again. @throws AppError unavailable (503) `restore.app-behind`. */
// open: a step of a restore, which has authorized
export async function load({ services, run, copy, target }: Restoring): Promise<void> {
  const { clock, connections } = services;
  const names = await tablesOf(copy);
  const here = new Set(await tablesOf(target));
  const unknown = names.filter((name) => !here.has(name));
  if (unknown.length > 0)
    throw new AppError(
      "unavailable",
      "restore.app-behind",
      `The copy holds tables that this version of the app does not know: ${unknown.join(", ")}. Bring the app up to date first.`,
    );
  await withSide("copy", copy, (from) =>
    withSide("primary", target, async (into) => {
      await speakAlike(from, into);
      for (const name of names) {
        if (run.tables[name] !== undefined) continue;
        const rows = await loadTable(from, into, name);
        await analyzeTable(into, name);
        await noteTables(connections.control.db, run.id, { [name]: { rows, equal: null } }, clock.now());
      }
    }),
  );
}

/** Proves every table equal to the copy. @throws AppError unavailable (503) `restore.unequal`. */
// open: a step of a restore, which has authorized
export async function verify({ services, run, copy, target }: Restoring): Promise<void> {
  const compared = await compareTables(copy, target);
  await noteTables(services.connections.control.db, run.id, compared, services.clock.now());
  const wrong = Object.entries(compared).filter(([, { equal }]) => !equal);
  if (wrong.length === 0) return;
  // The next attempt fetches them again.
  await forgetTables(
    services,
    run.id,
    wrong.map(([name]) => name),
  );
  throw new AppError(
    "unavailable",
    "restore.unequal",
    `Not equal to the copy: ${wrong.map(([name]) => name).join(", ")}. They are fetched again with the next attempt.`,
  );
}

async function forgetTables(services: Services, runId: string, names: readonly string[]): Promise<void> {
  const { db } = services.connections.control;
  await db.execute(
    sql`update restore_runs set tables = tables - array(select jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb)) where id = ${runId}`,
  );
  await db.execute(sql`update restore_steps set status = 'waiting' where run_id = ${runId} and key = 'load'`);
}
