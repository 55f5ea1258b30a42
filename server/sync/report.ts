import type { Place } from "../../db/planes.ts";

/** Where a hospital's two databases are, each as the role that owns its tables. */
export interface SyncPlaces {
  readonly primary: Place;
  /** Null: this hospital has no online copy. */
  readonly copy: Place | null;
}

/** A row in the log is not of the columns that it is said to have: the log is given up, and every table sent again. */
export const unreadable = "unreadable";

/** Why a hospital's changes wait and, but for `unreadable`, will go on waiting until someone looks. */
export interface Parked {
  /** `unreadable`, `schema-ahead`, `other-incarnation`, `primary-rolled-back`, `primary-moved`, `primary-is-copy`, `copy-is-primary`, `copy-not-empty`, `same-database`. */
  readonly code: string;
  readonly reason: string;
}

/**
 * How a push ended. `behind`: its time was up, or another transaction is in its way, and the next push goes on.
 * `busy`: another worker is pushing this hospital. `interrupted`: a connection was lost on the way; nothing is
 * lost, the next push goes on from what the copy holds.
 */
export type SyncOutcome =
  | "synced"
  | "behind"
  | "busy"
  | "no-copy"
  | "parked"
  | "copy-unreachable"
  | "primary-unreachable"
  | "interrupted";

export interface SyncReport {
  readonly outcome: SyncOutcome;
  /** Rows of the log that this push applied on the copy. */
  readonly rows: number;
  /** Transactions this push took on the copy; one covers one or many ticks. */
  readonly batches: number;
  readonly bytes: number;
  readonly tookMs: number;
  /** Rows not yet on the copy; null when the primary did not say. */
  readonly lagRows: number | null;
  /** Newest tick applied on the copy. */
  readonly lastTick: number | null;
  readonly lastTickAt: Date | null;
  readonly parked: Parked | null;
}

export interface TableProof {
  readonly table: string;
  readonly primaryRows: number;
  /** Null: the copy has no such table. */
  readonly copyRows: number | null;
  readonly equal: boolean;
}

/** What a proof found different in one table, and had sent again. */
export interface RepairedTable {
  readonly table: string;
  /** So much differed that the whole table was shipped again. */
  readonly whole: boolean;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
}

export interface VerifyReport {
  /** `verified`: both sides were compared at one tick. Else as the push that went before it ended. */
  readonly outcome: "verified" | Exclude<SyncOutcome, "synced">;
  /** Whether both sides were equal at `tick`; after a repair, of the proof that followed it. */
  readonly equal: boolean;
  readonly tick: number | null;
  readonly tables: readonly TableProof[];
  /** What was found different before the repair; absent or empty: nothing was. */
  readonly repaired?: readonly RepairedTable[];
  readonly tookMs: number;
  readonly parked: Parked | null;
}

export interface SyncStatus {
  readonly primary: { readonly reachable: boolean; readonly role: "unset" | "primary" | "copy" | null };
  /** Null: no copy is configured. */
  readonly copy: { readonly reachable: boolean; readonly role: "unset" | "primary" | "copy" | null } | null;
  /** The copy is being filled for the first time or again; it is not whole yet. */
  readonly filling: boolean;
  readonly lagRows: number | null;
  /** Seconds since the newest tick applied, by the copy's clock; grows while a hospital is dark. */
  readonly lagSeconds: number | null;
  readonly lastTick: number | null;
  readonly lastTickAt: Date | null;
  readonly verifiedAt: Date | null;
  readonly verifiedEqual: boolean | null;
  /** Bytes of the change log on the primary. */
  readonly logBytes: number | null;
  readonly parked: Parked | null;
}

export interface SyncOptions {
  /** A push ends after about this long and reports `behind`. */
  readonly budgetMs?: number;
  /** An idle hospital cuts a tick this often. */
  readonly heartbeatMs?: number;
  /** Rows that one transaction on the copy applies, at most, but for a single larger tick. */
  readonly batchRows?: number;
  /** The log moves on to its next table past this size. */
  readonly logTurnBytes?: number;
  /** Past this size the log is dropped and the copy filled again. */
  readonly logCapBytes?: number;
  /** A side that lets no row of a batch pass for this long is taken for lost. */
  readonly stallMs?: number;
  /** Whether a proof that finds rows different has them sent again, and proves once more. */
  readonly repair?: boolean;
}

export const defaults: Required<SyncOptions> = {
  budgetMs: 25_000,
  heartbeatMs: 60_000,
  batchRows: 20_000,
  logTurnBytes: 16 * 1024 * 1024,
  logCapBytes: 2 * 1024 * 1024 * 1024,
  stallMs: 120_000,
  repair: true,
};
