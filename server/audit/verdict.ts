import type { LaneEnd } from "./chain.ts";

/** What is wrong with a row. */
export type Fault = "altered" | "removed" | "reordered" | "inserted";

/** One row that is not as the app wrote it. */
export interface BrokenRow {
  /** Null where the row is gone and nothing tells its name. */
  readonly id: string | null;
  /** When the row says it was written; of a removed row, when it was named. */
  readonly at: Date | null;
  readonly fault: Fault;
  readonly lane: number | null;
  readonly n: number | null;
  /** In words, for the person who asked. */
  readonly explanation: string;
}

/** A place that a lane is known to have reached, and the proof of the row there. */
export interface KnownEnd {
  readonly lane: number;
  readonly n: number;
  readonly mac: string;
  /** Where this is known from, in words. */
  readonly from: string;
}

export interface AuditVerdict {
  readonly whole: boolean;
  readonly rows: number;
  /** The first broken row by time; null where the chain is whole. */
  readonly first: BrokenRow | null;
  /** Broken rows in the order of time, a thousand at most. */
  readonly broken: readonly BrokenRow[];
  /** Where each lane ends: worth keeping elsewhere. */
  readonly ends: readonly Pick<LaneEnd, "lane" | "n" | "mac">[];
  readonly tookMs: number;
}
