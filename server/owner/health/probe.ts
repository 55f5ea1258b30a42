/** What one of a hospital's databases answered, or that it did not. */
export interface SideProbe {
  readonly reachable: boolean;
  /** Milliseconds of one round trip on an open connection, and of opening it. */
  readonly latencyMs: number | null;
  readonly connectMs: number | null;
  readonly sizeBytes: number | null;
  readonly serverVersion: string | null;
  readonly connections: number | null;
  readonly connectionLimit: number | null;
  /** Rows the copy lacks; of the primary. */
  readonly lagRows: number | null;
  /** Seconds since the newest tick applied; of the copy, so that a dark hospital shows. */
  readonly lagSeconds: number | null;
  readonly lastTickAt: Date | null;
  readonly lastVerifiedAt: Date | null;
  readonly verifiedEqual: boolean | null;
  /** The newest migration there; null: the hospital's tables are not there. */
  readonly schemaVersion: string | null;
  /** Why its changes wait for a person; of the primary. */
  readonly parked: string | null;
  /** Where the hospital's own server told this: when it was heard. */
  readonly heardAt: Date | null;
  /** In plain words, where it could not be asked. */
  readonly reason: string | null;
}

export interface HospitalProbe {
  /** Null: it runs on a server of its own, which has not been heard. */
  readonly primary: SideProbe | null;
  /** Null: this hospital has no online copy. */
  readonly copy: SideProbe | null;
  /** Rows counted for the plan's limits, where a database here answered. */
  readonly usage: { readonly patients: number | null; readonly users: number | null } | null;
}

/** Nothing is known. */
export const unknownSide: Omit<SideProbe, "reachable"> = {
  ...{ latencyMs: null, connectMs: null, sizeBytes: null, serverVersion: null, connections: null },
  ...{ connectionLimit: null, lagRows: null, lagSeconds: null, lastTickAt: null, lastVerifiedAt: null },
  ...{ verifiedEqual: null, schemaVersion: null, parked: null, heardAt: null, reason: null },
};

/** A database that gave no answer. */
// open: pure
export function unreachable(reason: string): SideProbe {
  return { ...unknownSide, reachable: false, reason };
}
