import { pushSync } from "./push.ts";
import type { SyncOptions, SyncPlaces, SyncReport } from "./report.ts";
import { on, SideLost, withSide } from "./sides.ts";

/**
 * Ships every table of the hospital to its copy again, row for row, and removes what the copy has beyond that.
 * The copy stays readable meanwhile; the hospital is not locked. Overwrites whatever the copy holds, also where
 * it followed another machine, but never another hospital's working database. Resumed by any later push.
 */
export async function reseed(places: SyncPlaces, options: SyncOptions = {}): Promise<SyncReport> {
  try {
    await withSide("primary", places.primary, (primary) =>
      on("primary", primary`select sync_want_reseed('asked') from sync_state where role <> 'copy'`),
    );
  } catch (error) {
    if (!(error instanceof SideLost)) throw error;
  }
  return pushSync(places, { budgetMs: 120_000, ...options });
}
