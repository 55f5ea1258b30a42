import type { Place } from "../../db/planes.ts";
import {
  applyChunks,
  compareSums,
  copyState,
  expectBatch,
  provenCopy,
  stageChunk,
  takeFillBase,
} from "../../server/sync/receive.ts";
import { withSide } from "../../server/sync/sides.ts";
import type { Chunk, CopyByWire } from "../../server/sync/wire.ts";

/** The receiving side without HTTP: what the owner's server does with each message, on a database of the test's. */
export function directWire(copy: Place, heard: (chunk: Chunk) => void = () => {}): CopyByWire {
  return {
    state: () => withSide("copy", copy, (session) => copyState(session)),
    beginFill: (base) => withSide("copy", copy, (session) => takeFillBase(session, base)),
    expect: (manifest) => withSide("copy", copy, (session) => expectBatch(session, manifest)),
    async stage(chunk, after) {
      await after;
      await withSide("copy", copy, (session) => stageChunk(session, chunk));
      heard(chunk);
    },
    async apply(incarnation, first, final) {
      await withSide("copy", copy, (session) => applyChunks(session, incarnation, first, final));
    },
    compare: (_, tick, sums) => withSide("copy", copy, (session) => compareSums(session, tick, sums)),
    at: (_, tick) => ({
      bucketSums: (table, columns) =>
        withSide("copy", copy, async (session) =>
          (await provenCopy(session, tick)).bucketSums(table, columns),
        ),
      bucketRows: (table, columns, buckets) =>
        withSide("copy", copy, async (session) =>
          (await provenCopy(session, tick)).bucketRows(table, columns, buckets),
        ),
    }),
  };
}
