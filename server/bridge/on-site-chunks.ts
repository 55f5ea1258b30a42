import { AppError } from "../errors.ts";
import { recordProof, recordPush } from "../owner/health/sync-state.ts";
import { noteNode } from "../owner/nodes/nodes.ts";
import { forgetOldRequests } from "../owner/nodes/requests.ts";
import type { Node } from "../owner/nodes/tokens.ts";
import { withCopy } from "../sync/copy-sessions.ts";
import type { FillBase } from "../sync/fill.ts";
import { codeOf } from "../sync/lost.ts";
import {
  applyChunks,
  compareSums,
  copyState,
  expectBatch,
  forgetChunks,
  provenCopy,
  stageChunk,
  takeFillBase,
} from "../sync/receive.ts";
import type { BucketSum, RowSum } from "../sync/repair.ts";
import type { TableProof } from "../sync/report.ts";
import { type Session, SideLost } from "../sync/sides.ts";
import type { SideState } from "../sync/state.ts";
import type { Arrived, Chunk, OpenBatch, TableSum } from "../sync/wire.ts";
import type { Services } from "../tenancy/services.ts";
import { copyPlaceOf, ownerFor, requireEpoch } from "./on-site.ts";
import { factsOfCopy, keepChangedFacts } from "./on-site-facts.ts";

export interface BucketQuestion {
  readonly incarnation: string;
  readonly tick: number;
  readonly table: string;
  readonly columns: readonly string[];
}

/** What the engine says by code, in the words of the wire. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "WL409" && cause instanceof Error)
      throw new AppError(
        "conflict",
        "sync.schema-ahead",
        `${cause.message} The owner's server must be updated first.`,
      );
    if (code === "WL015" && cause instanceof Error)
      throw new AppError("conflict", "sync.unreadable", cause.message);
    if (code === "WL002" || code === "WL001")
      throw new AppError("conflict", "sync.out-of-turn", "This does not follow what has arrived.", { cause });
    if (cause instanceof SideLost)
      throw new AppError("unavailable", "sync.copy-away", "The copy's database does not answer.", {
        cause,
        retryAfterSeconds: 5,
      });
    throw cause;
  }
}

async function onCopy<T>(
  services: Services,
  node: Node,
  incarnation: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  requireEpoch(node, incarnation);
  return inWords(withCopy(await copyPlaceOf(services, node.tenantId), work));
}

/** What the copy holds and what has arrived. @throws AppError conflict (409) `sync.fenced`. */
// open: asked by the hospital's server, which has proved who it is
export async function takeHands(
  services: Services,
  node: Node,
  incarnation: string,
): Promise<SideState & { readonly open: OpenBatch | null }> {
  const owner = ownerFor(services, node.name);
  await forgetOldRequests(owner);
  const state = await onCopy(services, node, incarnation, copyState);
  await noteNode(owner, node.id, { asOf: state.lastTickAt });
  return state;
}

/** Points the copy at a base that all tables follow. @throws AppError conflict (409) `sync.fenced`. */
// open: asked by the hospital's server, which has proved who it is
export async function takeFill(services: Services, node: Node, base: FillBase): Promise<void> {
  await onCopy(services, node, base.incarnation, (copy) => takeFillBase(copy, base));
}

/** Takes note of the next batch. @throws AppError conflict (409) `sync.fenced`, `sync.out-of-turn`. */
// open: asked by the hospital's server, which has proved who it is
export async function takeBatch(services: Services, node: Node, manifest: string): Promise<Arrived> {
  const value: unknown = JSON.parse(manifest);
  const incarnation: unknown =
    typeof value === "object" && value !== null ? Reflect.get(value, "incarnation") : null;
  return onCopy(services, node, String(incarnation), (copy) => expectBatch(copy, manifest));
}

/** Puts a chunk down. @throws AppError conflict (409) `sync.fenced`, `sync.out-of-turn`. */
// open: asked by the hospital's server, which has proved who it is
export async function takeChunk(services: Services, node: Node, chunk: Chunk): Promise<void> {
  await onCopy(services, node, chunk.incarnation, (copy) => stageChunk(copy, chunk));
}

/** Applies the batch that has arrived. @throws AppError conflict (409) `sync.schema-ahead`, `sync.unreadable`, `sync.out-of-turn`, `sync.fenced`. */
// open: asked by the hospital's server, which has proved who it is
export async function takeRows(
  services: Services,
  node: Node,
  incarnation: string,
  first: number,
  final: number,
): Promise<number> {
  const started = performance.now();
  const { rows, state, facts } = await onCopy(services, node, incarnation, async (copy) => {
    try {
      const before = await factsOfCopy(copy);
      const applied = await applyChunks(copy, incarnation, first, final);
      const facts = { before, after: await factsOfCopy(copy) };
      return { rows: applied, state: await copyState(copy), facts };
    } catch (error) {
      // Not what the manifest says: all of it comes again.
      if (codeOf(error) === "WL001") await forgetChunks(copy);
      throw error;
    }
  });
  await keepChangedFacts(services, node.tenantId, facts.before, facts.after);
  const { control } = services.connections;
  const now = services.clock.now();
  await noteNode(ownerFor(services, node.name), node.id, { asOf: state.lastTickAt });
  await recordPush(
    control.db,
    node.tenantId,
    {
      ...{ outcome: "synced", rows, batches: 1, bytes: 0, lagRows: null, parked: null },
      ...{ lastTick: state.lastTick, lastTickAt: state.lastTickAt },
      tookMs: Math.round(performance.now() - started),
    },
    now,
  );
  return rows;
}

/** Compares a server's sums with the copy's and keeps the proof. Null: the copy is at another tick. */
// open: asked by the hospital's server, which has proved who it is
export async function takeProof(
  services: Services,
  node: Node,
  incarnation: string,
  tick: number,
  sums: readonly TableSum[],
): Promise<readonly TableProof[] | null> {
  const tables = await onCopy(services, node, incarnation, (copy) => compareSums(copy, tick, sums));
  if (tables === null) return null;
  const equal = tables.every((table) => table.equal);
  await recordProof(
    services.connections.control.db,
    node.tenantId,
    { outcome: "verified", equal, tick, tables, tookMs: 0, parked: null },
    services.clock.now(),
  );
  if (!equal)
    services.log.error({ tenantId: node.tenantId }, "A hospital's online copy differs from its own database");
  return tables;
}

/** Where a table of the copy differs: checksums of its rows by buckets of their keys. @throws AppError conflict (409) `sync.out-of-turn`. */
// open: asked by the hospital's server, which has proved who it is
export async function readBuckets(
  services: Services,
  node: Node,
  asked: BucketQuestion,
): Promise<readonly BucketSum[]> {
  const { incarnation, tick, table, columns } = asked;
  return onCopy(services, node, incarnation, async (copy) =>
    (await provenCopy(copy, tick)).bucketSums(table, columns),
  );
}

/** The keys and checksums of the rows of some buckets. @throws AppError conflict (409) `sync.out-of-turn`. */
// open: asked by the hospital's server, which has proved who it is
export async function readBucketRows(
  services: Services,
  node: Node,
  asked: BucketQuestion & { readonly buckets: readonly number[] },
): Promise<readonly RowSum[]> {
  const { incarnation, tick, table, columns, buckets } = asked;
  return onCopy(services, node, incarnation, async (copy) =>
    (await provenCopy(copy, tick)).bucketRows(table, columns, buckets),
  );
}
