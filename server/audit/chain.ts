import { createHmac } from "node:crypto";

/** What one row of an audit says, without its place in the chain. */
export interface AuditFacts {
  readonly id: string;
  readonly at: Date;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly event: string;
  /** The patient (in a hospital) or the hospital (in the owner plane) that it concerns. */
  readonly subjectId: string | null;
  readonly entity: string;
  readonly entityId: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly details: unknown;
  readonly read: boolean;
}

/** A row's place: the n-th of its lane, after the row `prev`. */
export interface ChainPlace {
  readonly lane: number;
  readonly n: number;
  readonly prev: string | null;
}

/** Where a lane ends. A lane that holds nothing ends at 0. */
export interface LaneEnd {
  readonly lane: number;
  readonly n: number;
  readonly mac: string;
  readonly lastId: string | null;
}

/** 192 bits: more than anyone can try, in fewer bytes a row. */
const macLength = 32;

function hmacOf(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url").slice(0, macLength);
}

/** JSON with the keys of every object in order, so that what Postgres gives back is what was written. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

/**
 * The proof of one row: of everything it says, of its place, and of the row before it (`before` is that row's
 * proof, empty for a lane's first). Only who has the key can make it.
 */
export function macOf(key: Uint8Array, facts: AuditFacts, place: ChainPlace, before: string): string {
  return hmacOf(
    key,
    JSON.stringify([
      ...["row", place.lane, place.n, place.prev, before],
      ...[facts.id, facts.at.getTime(), facts.actorKind, facts.actorId, facts.actorName, facts.event],
      ...[facts.subjectId, facts.entity, facts.entityId, facts.reason, facts.requestId, facts.address],
      ...[facts.read, canonical(facts.details)],
    ]),
  );
}

/** The seal on a lane's end: without it a lane could be cut off and pass for one that was never longer. */
export function sealOf(key: Uint8Array, end: LaneEnd): string {
  return hmacOf(key, JSON.stringify(["end", end.lane, end.n, end.mac, end.lastId]));
}

/** The seal on what is noted elsewhere of a hospital's ends. */
export function anchorSealOf(
  key: Uint8Array,
  tenantId: string,
  day: string,
  heads: Readonly<Record<string, readonly [number, string]>>,
): string {
  return hmacOf(key, JSON.stringify(["anchor", tenantId, day, canonical(heads)]));
}
