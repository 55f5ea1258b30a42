import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import type { FillBase } from "./fill.ts";
import { on, transaction, withSide } from "./sides.ts";
import { readState, type SideState } from "./state.ts";

/** What a copy holds that a hospital could be rebuilt from. */
export interface CopySurvey {
  readonly state: SideState;
  readonly tables: number;
  readonly bytes: number;
  /** As the planner knows them: a survey counts no rows. */
  readonly aboutRows: number;
}

/** Looks at a copy without changing it. @throws SideLost. */
export async function surveyCopy(copy: Place): Promise<CopySurvey> {
  return withSide("copy", copy, async (session) => {
    const state = await readState(session, "copy");
    const [row] = await on(
      "copy",
      session<{ tables: number; bytes: number; aboutRows: number }[]>`
        select count(*)::float8 as tables,
          coalesce(sum(s.bytes), 0)::float8 as bytes, coalesce(sum(s.rows), 0)::float8 as "aboutRows"
        from sync_tables() t
        cross join lateral (
          select sum(pg_total_relation_size(c.oid)) as bytes, sum(greatest(c.reltuples, 0)) as rows
          from pg_class c
          where c.oid = t.oid or c.oid in (select relid from pg_partition_tree(t.oid))) s`,
    );
    return { state, tables: row?.tables ?? 0, bytes: row?.bytes ?? 0, aboutRows: row?.aboutRows ?? 0 };
  });
}

/** The newest tick of a copy, which takes nothing more from whoever it followed. */
export async function fenceCopy(
  copy: Place,
  epoch: string,
): Promise<{ readonly tick: number; readonly tickAt: Date | null }> {
  await migrate(copy, "hospital");
  return withSide("copy", copy, async (session) => {
    const [row] = await on(
      "copy",
      session<{ tick: number; tickAt: Date | null }[]>`
        select tick::float8 as tick, tick_at as "tickAt" from sync_fence(${epoch}::text::uuid)`,
    );
    if (row === undefined) throw new Error("A copy was fenced and did not say where it stands.");
    return row;
  });
}

/** A fresh, migrated database waits for rows as a copy does: no trigger fires, no foreign key is asked. */
export async function makeReceiver(target: Place): Promise<void> {
  await withSide("primary", target, async (session) => {
    const state = await readState(session, "primary");
    if (state.role === "copy") return;
    // A worker that looked in between took it for a new hospital's; nobody has written there.
    if (state.role === "primary" && state.captured)
      throw new Error("The database that was made for the restore is somebody's working database.");
    await on("primary", session`select sync_become('copy')`);
  });
}

/** Each sequence and the last number it is known to have issued, as this side knows it. */
export async function issuedNumbers(place: Place): Promise<Readonly<Record<string, string>>> {
  return withSide("copy", place, async (session) => {
    const [row] = await on(
      "copy",
      session<{ issued: Record<string, string> }[]>`select sync_issued() as issued`,
    );
    return row?.issued ?? {};
  });
}

/**
 * Makes the loaded database the hospital's writer, in one transaction: numbers go on past all that may have been
 * issued, triggers and foreign keys wake (a row without its parent fails it), and a first tick is cut from which the
 * copy goes on. Done before, it changes nothing. @returns where each sequence stands.
 */
export async function makeWriter(
  target: Place,
  issued: readonly Readonly<Record<string, string>>[],
  further: number,
): Promise<Readonly<Record<string, string>>> {
  return withSide("primary", target, async (session) => {
    const state = await readState(session, "primary");
    if (state.role !== "primary")
      await transaction(session, "primary", async () => {
        await on("primary", session`select sync_install_capture()`);
        for (const known of issued)
          await on(
            "primary",
            session`select sync_move_sequences(${JSON.stringify(known)}::text::jsonb, ${further})`,
          );
        await on("primary", session`select sync_become('primary')`);
        await on("primary", session`select sync_cut_tick('0')`);
        await on(
          "primary",
          session`
            update sync_state set acked_tick = (select max(id) from sync_tick), acked_at = clock_timestamp(),
              reseed_wanted = null, capture_after = null`,
        );
        await on("primary", session`delete from sync_refill`);
      });
    const [row] = await on(
      "primary",
      session<{ at: Record<string, string> }[]>`select sync_sequences() as at`,
    );
    return row?.at ?? {};
  });
}

/** Points the copy at its new writer's first tick: both were proved equal there, and no table is sent again. */
export async function followWriter(copy: Place, target: Place, epoch: string): Promise<void> {
  const base = await withSide("primary", target, async (session) => {
    const [row] = await on(
      "primary",
      session<FillBase[]>`
        select s.incarnation, t.id::float8 as tick, t.mark, t.at::text as at
        from sync_state s, sync_tick t order by t.id limit 1`,
    );
    if (row === undefined) throw new Error("The new writer has no tick.");
    return row;
  });
  await withSide("copy", copy, async (session) => {
    const [state] = await on(
      "copy",
      session<{ incarnation: string | null }[]>`select incarnation from sync_state`,
    );
    // It follows the new writer already, and may be past its first tick.
    if (state?.incarnation !== epoch) return;
    await on(
      "copy",
      session`select sync_follow(${base.incarnation}::text::uuid, ${base.tick}, ${base.mark}::text::uuid, ${base.at}::text::timestamptz)`,
    );
  });
}
