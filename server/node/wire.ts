import { AppError } from "../errors.ts";
import type { BucketSum, RowSum } from "../sync/repair.ts";
import type { TableProof } from "../sync/report.ts";
import { SideLost } from "../sync/sides.ts";
import type { SideState } from "../sync/state.ts";
import { type Arrived, type CopyByWire, type OpenBatch, WireParked } from "../sync/wire.ts";
import { OwnerAway, type OwnerLink, pack } from "./owner-link.ts";

/** A tick of a million rows is applied by one statement. */
const applyWithinMs = 10 * 60_000;

/** Refusals that a person has to look at, or that call for all tables anew; anything else is tried again. */
const parkedCodes: ReadonlySet<string> = new Set([
  "sync.schema-ahead",
  "sync.unreadable",
  "sync.fenced",
  "node.revoked",
  "node.unknown",
]);

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OwnerAway) throw new SideLost("copy", error);
    if (!(error instanceof AppError)) throw error;
    if (parkedCodes.has(error.code))
      throw new WireParked({ code: error.code.replace(/^sync\./, ""), reason: error.message });
    // Out of turn, away for a moment, or a request that was cut: the next push begins with a handshake.
    throw new SideLost("copy", error);
  }
}

const instants = ["ackedAt", "lastTickAt", "verifiedAt", "now"] as const;

function revived(text: string): SideState & { readonly open: OpenBatch | null } {
  const state = JSON.parse(text) as Record<string, unknown>;
  for (const name of instants)
    if (typeof state[name] === "string") state[name] = new Date(state[name] as string);
  return state as unknown as SideState & { readonly open: OpenBatch | null };
}

/** The online copy behind the owner's server. */
export function copyBehind(link: OwnerLink): CopyByWire {
  const ask = (path: string, value: unknown, timeoutMs?: number) =>
    told(link.send(path, JSON.stringify(value), timeoutMs === undefined ? {} : { timeoutMs }));
  return {
    state: async (incarnation) => revived((await ask("/hands", { incarnation })).text),
    async beginFill(base) {
      await ask("/fill", base);
    },
    async expect(manifest) {
      return JSON.parse((await told(link.send("/batch", manifest))).text) as Arrived;
    },
    async stage({ body, ...facts }, after) {
      const query = new URLSearchParams(Object.entries(facts).map(([name, value]) => [name, String(value)]));
      const bytes = await pack(body);
      await after;
      await told(link.send(`/chunks?${query}`, bytes, { timeoutMs: 120_000 }));
    },
    async apply(incarnation, first, final) {
      await ask("/apply", { incarnation, first, final }, applyWithinMs);
    },
    async compare(incarnation, tick, sums) {
      const { text } = await ask("/proof", { incarnation, tick, sums }, applyWithinMs);
      return (JSON.parse(text) as { tables: readonly TableProof[] | null }).tables;
    },
    at: (incarnation, tick) => ({
      async bucketSums(table, columns) {
        const { text } = await ask("/proof/buckets", { incarnation, tick, table, columns }, applyWithinMs);
        return (JSON.parse(text) as { sums: readonly BucketSum[] }).sums;
      },
      async bucketRows(table, columns, buckets) {
        const asked = { incarnation, tick, table, columns, buckets };
        const { text } = await ask("/proof/rows", asked, applyWithinMs);
        return (JSON.parse(text) as { rows: readonly RowSum[] }).rows;
      },
    }),
  };
}
