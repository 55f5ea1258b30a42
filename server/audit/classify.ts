import { macOf } from "./chain.ts";
import { type Found, factsOf } from "./lane-walk.ts";
import type { BrokenRow } from "./verdict.ts";

/** Enough to tell what was done; more broken rows than this are told as they were found. */
const comparedAtMost = 100;

/**
 * Tells what was done to the rows that were found broken: a row in another's place or with another's time was
 * reordered; one that pushed the others on was inserted; one whose place was taken away is not gone, but altered.
 */
export function classify(key: Uint8Array, found: readonly Found[]): readonly BrokenRow[] {
  const compared = found.slice(0, comparedAtMost);
  const lying = new Set(found.flatMap(({ row }) => (row === null ? [] : [row.id])));
  const results: BrokenRow[] = [];
  for (const one of found) {
    // Its own row lies elsewhere, and is told there.
    if (one.row === null && one.id !== null && lying.has(one.id)) continue;
    if (compared.includes(one) && isWholeAfter(key, one, compared)) continue;
    const told = compared.includes(one) ? (toldOf(key, one, compared) ?? one) : one;
    const { id, at, fault, lane, n, explanation } = told;
    results.push({ id, at, fault, lane, n, explanation });
  }
  return results;
}

function toldOf(key: Uint8Array, one: Found, others: readonly Found[]): BrokenRow | null {
  if (one.fault !== "altered" && one.fault !== "inserted") return null;
  const { row, before } = one;
  if (row === null) return null;
  if (one.fault === "inserted")
    return others.some((other) => other.row === null && other.id === row.id)
      ? { ...one, fault: "altered", explanation: "This row was taken from its place in the chain." }
      : null;
  const rows = others.flatMap((other) => (other.row === null || other === one ? [] : [other]));
  if (rows.some((other) => holdsWithTimeOf(key, one, other) || holdsInPlaceOf(key, one, other)))
    return {
      ...one,
      fault: "reordered",
      explanation: "This row stands in the place, or at the time, of another.",
    };
  return before !== null && rows.some((other) => belongsAt(key, other, one, before.macs))
    ? { ...one, fault: "inserted", explanation: "The rows after it were pushed on to make room for it." }
    : null;
}

/** Whether a row is whole after the row it names as its former, which is the one that was moved. */
function isWholeAfter(key: Uint8Array, { row }: Found, others: readonly Found[]): boolean {
  if (row?.n == null) return false;
  const place = { lane: row.lane ?? 0, n: row.n, prev: row.prev };
  const former = others.find((other) => other.row !== null && other.row !== row && other.row.id === row.prev);
  return former?.row?.mac != null && macOf(key, factsOf(row), place, former.row.mac) === row.mac;
}

/** Whether `other` is whole in the place where `here` lies, right after the row before. */
function belongsAt(key: Uint8Array, other: Found, here: Found, macs: readonly string[]): boolean {
  const { row } = other;
  if (row === null || here.n === null || row.n === null || row.lane !== here.lane || row.n !== here.n + 1)
    return false;
  const place = { lane: here.lane ?? 0, n: here.n, prev: row.prev };
  return macs.some((mac) => macOf(key, factsOf(row), place, mac) === row.mac);
}

function holdsWithTimeOf(key: Uint8Array, one: Found, other: Found): boolean {
  const { row, before } = one;
  if (row?.n == null || other.row === null || before === null) return false;
  const place = { lane: row.lane ?? 0, n: row.n, prev: row.prev };
  const facts = { ...factsOf(row), at: factsOf(other.row).at };
  return before.macs.some((mac) => macOf(key, facts, place, mac) === row.mac);
}

/** Whether a row is whole where another lies: with that one's number, after the row before that one. */
function holdsInPlaceOf(key: Uint8Array, one: Found, other: Found): boolean {
  const { row } = one;
  const there = other.row;
  if (row === null || there?.n == null || other.before === null) return false;
  const macs = [...other.before.macs, one.row?.mac ?? "", there.mac ?? ""];
  return [row.prev, other.before.id, there.prev].some((prev) =>
    macs.some(
      (mac) => macOf(key, factsOf(row), { lane: there.lane ?? 0, n: there.n ?? 0, prev }, mac) === row.mac,
    ),
  );
}
