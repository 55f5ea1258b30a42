import type { FillBase } from "./fill.ts";
import type { ProvenSide } from "./repair.ts";
import type { Parked, TableProof } from "./report.ts";
import type { SideState } from "./state.ts";

/** Rows of a batch, as JSON made inside Postgres: `[[seq, layout, op, key, image], …]`. */
export interface Chunk {
  readonly incarnation: string;
  readonly first: number;
  /** From 1, without a gap. */
  readonly number: number;
  /** The sequence number of its last row, as text: where the next chunk goes on. */
  readonly lastSeq: string;
  readonly rows: number;
  readonly sha256: string;
  readonly body: string;
}

/** What has arrived of the batch that comes next. */
export interface Arrived {
  readonly chunks: number;
  readonly lastSeq: string;
}

/** A batch of which chunks have arrived already: the same ticks go on where they were. */
export interface OpenBatch {
  readonly first: number;
  readonly final: number;
}

/** A table's count and checksum at one tick, over named columns. */
export interface TableSum {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly sum: string;
}

/**
 * The online copy as a server sees it that cannot reach its database. A lost link is `SideLost("copy")`; a
 * refusal that a person has to look at is `WireParked`.
 */
export interface CopyByWire {
  state(incarnation: string): Promise<SideState & { readonly open: OpenBatch | null }>;
  beginFill(base: FillBase): Promise<void>;
  /** Announces a batch by its manifest (JSON text). */
  expect(manifest: string): Promise<Arrived>;
  /** Sends a chunk, once `after` has come true: what goes before it has arrived. */
  stage(chunk: Chunk, after: Promise<void>): Promise<void>;
  apply(incarnation: string, first: number, final: number): Promise<void>;
  /** Compares the copy's sums with these, taken at `tick`; null: the copy is not at that tick. */
  compare(
    incarnation: string,
    tick: number,
    sums: readonly TableSum[],
  ): Promise<readonly TableProof[] | null>;
  /** The copy while it stands at `tick`, for what a proof found different. */
  at(incarnation: string, tick: number): ProvenSide;
}

/** The other side will not take this batch until someone looks, or brings it up to date. */
export class WireParked extends Error {
  override readonly name = "WireParked";
  readonly parked: Parked;

  constructor(parked: Parked) {
    super(parked.reason);
    this.parked = parked;
  }
}
