import { createHash } from "node:crypto";
import { on, type Session, transaction } from "./sides.ts";
import type { Arrived, CopyByWire } from "./wire.ts";

/** JSON of one chunk, before it is packed; a single larger row is a chunk of its own. */
const chunkBytes = 1_000_000;

export interface CarriedBatch {
  readonly rows: number;
  readonly bytes: number;
  readonly chunks: number;
}

interface Cut {
  readonly manifest: string | null;
  readonly incarnation: string;
  readonly rows: number;
  readonly fromSnapshot: string;
  readonly toSnapshot: string;
  readonly low: string;
  readonly high: string;
}

interface Part {
  readonly last: string;
  readonly n: number;
  readonly body: string;
}

const snapshotForm = /^[0-9:,]+$/;
const digits = /^[0-9]+$/;

/**
 * Carries ticks `first` to `final` over as one batch of chunks, going on after the last one that has arrived, and
 * has them applied: the same apply, exactly once, as between servers that reach each other. Memory is that of two
 * chunks, whatever the batch.
 */
export async function carryBatch(
  primary: Session,
  wire: CopyByWire,
  first: number,
  final: number,
): Promise<CarriedBatch> {
  const [cut] = await on(
    "primary",
    primary<Cut[]>`
      select m::text as manifest, m->>'incarnation' as incarnation, (m->>'n')::float8 as rows,
        m->>'from_snap' as "fromSnapshot", m->>'to_snap' as "toSnapshot", m->>'low' as low, m->>'high' as high
      from sync_manifest(${first}, ${final}) m`,
  );
  if (cut === undefined || cut.manifest === null)
    throw new Error(`Ticks ${first - 1} and ${final} are not both in the log.`);
  const arrived = await wire.expect(cut.manifest);
  let bytes = 0;
  let chunks = 0;
  if (cut.rows > 0) {
    await openParts(primary, cut, arrived);
    let next = nextPart(primary);
    for (let number = arrived.chunks + 1; ; number += 1) {
      const part = await next;
      if (part === null) break;
      // The next chunk is made while this one travels.
      next = nextPart(primary);
      next.catch(() => {});
      await wire.stage({
        ...{ incarnation: cut.incarnation, first, number },
        ...{ lastSeq: part.last, rows: part.n, body: part.body },
        sha256: createHash("sha256").update(part.body).digest("hex"),
      });
      bytes += part.body.length;
      chunks += 1;
    }
    await on("primary", primary.unsafe("close sync_parts"));
  }
  await wire.apply(cut.incarnation, first, final);
  // If this is lost, the next handshake learns it from the copy.
  await on("primary", primary`select sync_acknowledge(${final})`);
  return { rows: cut.rows, bytes, chunks };
}

/** The rows are set aside (WITH HOLD) and no snapshot is kept open for as long as a slow link takes. */
async function openParts(primary: Session, cut: Cut, { lastSeq }: Arrived): Promise<void> {
  // A cursor takes no parameters; a snapshot's text is digits, colons and commas.
  if (
    !snapshotForm.test(cut.fromSnapshot) ||
    !snapshotForm.test(cut.toSnapshot) ||
    ![String(lastSeq), cut.low, cut.high].every((text) => digits.test(text))
  )
    throw new Error("A tick's snapshot is not in the form of one.");
  await transaction(primary, "primary", () =>
    on(
      "primary",
      primary.unsafe(`
        declare sync_parts no scroll cursor with hold for
        select max(seq)::text as last, count(*)::int as n, '[' || string_agg(line, ',' order by seq) || ']' as body
        from (
          select seq, line, sum(octet_length(line)) over (order by seq) / ${chunkBytes} as part
          from (select seq, json_build_array(seq, layout, op, pk, img::text)::text as line
                from sync_members('${cut.fromSnapshot}', '${cut.toSnapshot}', ${cut.low}, ${cut.high}) where seq > ${lastSeq} offset 0) l) p
        group by part order by part`),
    ),
  );
}

async function nextPart(primary: Session): Promise<Part | null> {
  const [part] = await on("primary", primary.unsafe<Part[]>("fetch 1 from sync_parts"));
  return part ?? null;
}
