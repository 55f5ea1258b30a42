import type { Parked } from "./report.ts";
import { on, type Session } from "./sides.ts";
import { readState, type SideState, tickOf } from "./state.ts";

/** What the two sides agreed on. */
export type Handshake =
  | { readonly go: "on"; readonly from: number }
  | { readonly go: "fill"; readonly reason: string }
  | { readonly go: "parked"; readonly parked: Parked };

function parked(code: string, reason: string): Handshake {
  return { go: "parked", parked: { code, reason } };
}

/** Whether a copy has been told to take nothing more from this writer. */
export async function isFenced(copy: Session, incarnation: string | null): Promise<boolean> {
  const [known] = await on(
    "copy",
    copy<{ there: boolean }[]>`select to_regclass('sync_fenced') is not null as there`,
  );
  if (known?.there !== true || incarnation === null) return false;
  const rows = await on(
    "copy",
    copy`select 1 from sync_fenced where incarnation = ${incarnation}::text::uuid`,
  );
  return rows.length > 0;
}

/** Makes sure that this database is the hospital's writer and the one it was; says why not. */
export async function knowPrimary(primary: Session): Promise<SideState | Parked> {
  let state = await readState(primary, "primary");
  if (state.role === "unset") {
    await on("primary", primary`select sync_become('primary')`);
    state = await readState(primary, "primary");
  }
  if (state.role === "copy")
    return { code: "primary-is-copy", reason: "The database given as the hospital's own is an online copy." };
  if (state.notedIdentity !== state.identity)
    return {
      code: "primary-moved",
      reason:
        "The hospital's database has been moved or cloned since it became the writer; confirm which one is the true one.",
    };
  return state;
}

/**
 * Compares who both sides are and what the copy holds. A copy that is new or behind is filled; whatever would
 * mean overwriting another database's records is parked until a person has looked.
 */
export async function shakeHands(
  primary: Session,
  of: SideState,
  copy: SideState,
  fenced: () => Promise<boolean> = async () => false,
): Promise<Handshake> {
  if (copy.identity === of.identity)
    return parked(
      "same-database",
      "The online copy is configured as the very database it should be a copy of.",
    );
  if (copy.role === "primary")
    return parked(
      "copy-is-primary",
      "The database given as the online copy is a hospital's own working database.",
    );
  if (copy.role === "copy" && copy.incarnation !== of.incarnation && (await fenced()))
    return parked(
      "fenced",
      "Another database has taken this one's place; what was not sent is kept here for a person to look at.",
    );
  if (of.knowsRows && !copy.knowsRows)
    return parked(
      "schema-ahead",
      "The online copy cannot read rows as this database writes them. The online copy must be migrated first.",
    );
  const asked = of.reseedWanted === "asked";
  if (copy.role === "unset") {
    if (copy.captured && !asked)
      return parked(
        "copy-not-empty",
        "The database given as the online copy has been written to; ask for a reseed to overwrite it.",
      );
    return { go: "fill", reason: "new-copy" };
  }
  if (copy.incarnation === null) return { go: "fill", reason: of.reseedWanted ?? "new-copy" };
  if (of.reseedWanted !== null && (asked || copy.incarnation === of.incarnation))
    return { go: "fill", reason: of.reseedWanted };
  if (copy.incarnation !== of.incarnation)
    return parked(
      "other-incarnation",
      "The online copy follows another machine or an earlier life of this one; restore from it, or ask for a reseed.",
    );
  const tick = await tickOf(primary, copy.lastTick);
  if (tick !== null && tick.mark !== copy.lastMark)
    return parked(
      "primary-rolled-back",
      "The hospital's database has been set back to an earlier state; the online copy holds newer rows.",
    );
  if (copy.lastTick < of.ackedTick) return { go: "fill", reason: "copy-rolled-back" };
  if (tick === null)
    return parked(
      "primary-rolled-back",
      "The online copy holds a tick that the hospital's database does not know.",
    );
  return { go: "on", from: copy.lastTick };
}
