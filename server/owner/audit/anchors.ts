import { and, desc, eq, sql } from "drizzle-orm";
import { auditAnchors } from "../../../db/schema/control/audit.ts";
import { anchorSealOf } from "../../audit/chain.ts";
import type { KnownEnd } from "../../audit/verdict.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

type Heads = Readonly<Record<string, readonly [number, string]>>;

/**
 * Notes where a hospital's audit ends, apart from the hospital's own database: what is missing there later is
 * known here. One note a day is kept, the latest; lanes never note less than before.
 */
// open: called by the audit job alone, for every hospital
export async function noteAuditEnds(
  context: OwnerContext,
  key: Uint8Array,
  tenantId: string,
  ends: readonly { readonly lane: number; readonly n: number; readonly mac: string }[],
): Promise<boolean> {
  const heads: Heads = Object.fromEntries(
    ends.filter((end) => end.n > 0).map((end) => [String(end.lane), [end.n, end.mac] as const]),
  );
  const takenAt = context.clock.now();
  const day = takenAt.toISOString().slice(0, 10);
  const [last] = await context.db
    .select()
    .from(auditAnchors)
    .where(eq(auditAnchors.tenantId, tenantId))
    .orderBy(desc(auditAnchors.day))
    .limit(1);
  // An end that lies before one noted already was cut off or set back: what is known stays as it is.
  const kept = Object.entries(last?.heads ?? {}).filter(([lane, [n]]) => n > (heads[lane]?.[0] ?? 0));
  const noted: Heads = { ...heads, ...Object.fromEntries(kept) };
  const seal = anchorSealOf(key, tenantId, day, noted);
  if (last?.day === day && last.seal === seal) return false;
  await context.db
    .insert(auditAnchors)
    .values({ tenantId, day, takenAt, heads: noted, seal })
    .onConflictDoUpdate({
      target: [auditAnchors.tenantId, auditAnchors.day],
      set: { takenAt, heads: noted, seal },
      setWhere: sql`${auditAnchors.takenAt} <= excluded.taken_at`,
    });
  return true;
}

/** Where a hospital's audit is known to have been, day by day. Notes whose seal is not the app's count for nothing. */
// open: a look-up inside rules that have authorized
export async function notedAuditEnds(
  context: OwnerContext,
  key: Uint8Array,
  tenantId: string,
): Promise<readonly KnownEnd[]> {
  const notes = await context.db
    .select()
    .from(auditAnchors)
    .where(and(eq(auditAnchors.tenantId, tenantId)));
  return notes
    .filter((note) => anchorSealOf(key, tenantId, note.day, note.heads) === note.seal)
    .flatMap((note) =>
      Object.entries(note.heads).map(([lane, [n, mac]]) => ({
        ...{ lane: Number(lane), n, mac },
        from: `The owner's note of ${note.day}`,
      })),
    );
}
