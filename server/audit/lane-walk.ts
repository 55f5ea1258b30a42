import { type AuditFacts, type LaneEnd, macOf } from "./chain.ts";
import type { AuditTables } from "./planes.ts";
import type { BrokenRow, Fault, KnownEnd } from "./verdict.ts";

/** A row as it lies in the database. */
export interface StoredRow {
  readonly id: string;
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly event: string;
  readonly subjectId: string | null;
  readonly entity: string;
  readonly entityId: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly details: string | null;
  readonly read: boolean;
  readonly lane: number | null;
  readonly n: number | null;
  readonly prev: string | null;
  readonly mac: string | null;
}

/** What a walk found, with what is needed to tell one fault from another. */
export interface Found extends BrokenRow {
  /** The row that lies there; null where none does. */
  readonly row: StoredRow | null;
  /** The row that should be before it, and the proofs that row may have had. */
  readonly before: { readonly id: string | null; readonly macs: readonly string[] } | null;
  /** Where in time it belongs: its own, or that of the row before. */
  readonly around: number;
}

export function storedColumns(tables: AuditTables): string {
  return `id, at::text as at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", event,
    ${tables.subject} as "subjectId", entity, entity_id as "entityId", reason, request_id as "requestId", address,
    details::text as details, read, lane, n::float8 as n, prev, mac`;
}

function instantOf(text: string): Date {
  return new Date(`${text.replace(" ", "T").replace(/\+00$/, "")}Z`);
}

export function factsOf(row: StoredRow): AuditFacts {
  return { ...row, at: instantOf(row.at), details: row.details === null ? null : JSON.parse(row.details) };
}

/** When the app named a row: the time in a UUID of version 7. */
function namedAt(id: string | null): Date | null {
  if (id === null || id[14] !== "7") return null;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** A row that is broken as it lies. */
export function brokenRow(
  row: StoredRow,
  fault: Fault,
  explanation: string,
  before: Found["before"] = null,
): Found {
  const at = instantOf(row.at);
  const known = Number.isNaN(at.getTime()) ? null : at;
  const around = (known ?? namedAt(row.id))?.getTime() ?? 0;
  return { id: row.id, at: known, fault, lane: row.lane, n: row.n, explanation, row, before, around };
}

/** Walks one lane from its first row to its sealed end; what is broken goes to `report`. */
export class LaneWalk {
  readonly #key: Uint8Array;
  readonly #end: LaneEnd | null;
  readonly #lane: number;
  readonly #known: Map<number, KnownEnd[]>;
  readonly #report: (found: Found) => void;
  #sameNumber: StoredRow[] = [];
  #n = 0;
  #id: string | null = null;
  #at = 0;
  /** The proof of the row before, as it lies and as it should be; null after a gap. */
  #macs: readonly string[] | null = [""];

  /** `end` is where the lane is sealed to end; null where that is gone or its seal is not the app's. */
  constructor(
    key: Uint8Array,
    lane: number,
    end: LaneEnd | null,
    known: readonly KnownEnd[],
    report: (found: Found) => void,
  ) {
    this.#key = key;
    this.#lane = lane;
    this.#end = end;
    this.#known = Map.groupBy(known, (one) => one.n);
    this.#report = report;
  }

  /** The rows of the lane, one by one in the order of their numbers. */
  next(row: StoredRow): void {
    if (this.#sameNumber.length > 0 && this.#sameNumber[0]?.n !== row.n) this.#settle();
    this.#sameNumber.push(row);
  }

  close(): void {
    this.#settle();
    const sealed = this.#end?.n ?? 0;
    if (this.#end !== null && sealed > this.#n) this.#gap(sealed + 1, this.#end.lastId);
    if (this.#end === null)
      this.#gone(this.#n + 1, null, `The sealed end of lane ${this.#lane} is gone, or is not the app's.`);
    const further = [...this.#known.keys()]
      .filter((n) => n > Math.max(this.#n, sealed))
      .sort((a, b) => a - b)[0];
    const known = further === undefined ? undefined : this.#known.get(further)?.[0];
    if (known !== undefined)
      this.#gone(
        this.#n + 1,
        null,
        `${known.from} knows ${known.n} rows of lane ${this.#lane}; ${this.#n} are left.`,
      );
  }

  /** Of several rows that claim one place, the app's own keeps it. */
  #settle(): void {
    const rows = this.#sameNumber;
    this.#sameNumber = [];
    const own = rows.find((row) => this.#holds(row)) ?? rows[0];
    for (const row of rows)
      if (row !== own) this.#report(brokenRow(row, "inserted", "Another row has its place in the chain."));
    if (own !== undefined) this.#take(own);
  }

  #holds(row: StoredRow): boolean {
    const { n, mac } = row;
    if (n === null || mac === null) return false;
    if (n !== this.#n + 1 || this.#macs === null) return true;
    const place = { lane: this.#lane, n, prev: row.prev };
    return this.#macs.some((before) => macOf(this.#key, factsOf(row), place, before) === mac);
  }

  #take(row: StoredRow): void {
    const { n, mac } = row;
    const beyond = this.#end !== null && n !== null && n > this.#end.n;
    if (n === null || n < 1 || mac === null || beyond) {
      this.#report(brokenRow(row, "inserted", "The app's chain has no such place."));
      return;
    }
    if (n > this.#n + 1) this.#gap(n, row.prev);
    const before = { id: this.#id, macs: this.#macs ?? [] };
    const holds = this.#holds(row);
    let macs: readonly string[] = [mac];
    if (!holds) {
      this.#report(brokenRow(row, "altered", "What this row says is not what the app wrote.", before));
      // Where the proof alone was altered, the next row still holds.
      macs = [
        mac,
        ...before.macs.map((one) =>
          macOf(this.#key, factsOf(row), { lane: this.#lane, n, prev: row.prev }, one),
        ),
      ];
    }
    for (const known of this.#known.get(n) ?? [])
      if (holds && known.mac !== mac)
        this.#report(brokenRow(row, "altered", `${known.from} knows another row in its place.`, before));
    this.#n = n;
    this.#id = row.id;
    this.#macs = macs;
    this.#at = instantOf(row.at).getTime() || this.#at;
  }

  #gap(upTo: number, lastId: string | null): void {
    const first = this.#n + 1;
    const which = upTo - 1 === first ? `Row ${first}` : `Rows ${first} to ${upTo - 1}`;
    const after = this.#id === null ? "" : ` They came after row ${this.#id}.`;
    const named = upTo - 1 === first || lastId === null ? "" : " The last of them is named.";
    this.#gone(first, lastId, `${which} of lane ${this.#lane} are missing.${after}${named}`);
    this.#macs = null;
    this.#n = upTo - 1;
  }

  #gone(n: number, id: string | null, explanation: string): void {
    const at = namedAt(id);
    const around = at?.getTime() ?? this.#at;
    this.#report({
      id,
      at,
      fault: "removed",
      lane: this.#lane,
      n,
      explanation,
      row: null,
      before: null,
      around,
    });
  }
}
