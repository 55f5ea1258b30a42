import { createHash } from "node:crypto";
import { on, type Session, transaction } from "./sides.ts";
import type { Tick } from "./state.ts";
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

/** Ticks that go over as one batch of chunks. */
export interface Batch {
  readonly first: number;
  readonly final: Tick;
  readonly cut: Cut;
  /** Its first chunk, where its rows were set aside from the first on. */
  readonly begun: Part | null;
}

const snapshotForm = /^[0-9:,]+$/;
const digits = /^[0-9]+$/;
const nothing: Arrived = { chunks: 0, lastSeq: "0" };

/** Makes a batch ready to be carried. `resumed`: some of it has arrived, so that its rows are not set aside yet. */
export async function openBatch(
  primary: Session,
  first: number,
  final: Tick,
  resumed: boolean,
): Promise<Batch> {
  const [cut] = await on(
    "primary",
    primary<Cut[]>`
      select m::text as manifest, m->>'incarnation' as incarnation, (m->>'n')::float8 as rows,
        m->>'from_snap' as "fromSnapshot", m->>'to_snap' as "toSnapshot", m->>'low' as low, m->>'high' as high
      from sync_manifest(${first}, ${final.id}) m`,
  );
  if (cut === undefined || cut.manifest === null)
    throw new Error(`Ticks ${first - 1} and ${final.id} are not both in the log.`);
  if (cut.rows === 0 || resumed) return { first, final, cut, begun: null };
  await openParts(primary, cut, nothing);
  return { first, final, cut, begun: await nextPart(primary) };
}

/**
 * Carries a batch over, going on after the last chunk that has arrived, and has it applied: the same apply, exactly
 * once, as between servers that reach each other. While it is applied, `meanwhile` has the primary to itself. Memory
 * is that of three chunks, whatever the batch.
 */
export async function carryBatch<Next>(
  primary: Session,
  wire: CopyByWire,
  { first, final, cut, begun }: Batch,
  meanwhile: () => Promise<Next>,
): Promise<{ readonly carried: CarriedBatch; readonly next: Next }> {
  const arrived = await wire.expect(cut.manifest ?? "");
  let bytes = 0;
  let chunks = 0;
  if (cut.rows > 0) {
    const goesOn = begun !== null && arrived.chunks === 0;
    if (!goesOn) await openParts(primary, cut, arrived);
    let part = goesOn ? begun : await nextPart(primary);
    let before = Promise.resolve();
    for (let number = arrived.chunks + 1; part !== null; number += 1) {
      // A chunk is packed while the one before it travels, and the next one is made meanwhile.
      const sent = wire.stage(
        {
          ...{ incarnation: cut.incarnation, first, number, lastSeq: part.last, rows: part.n },
          ...{ body: part.body, sha256: createHash("sha256").update(part.body).digest("hex") },
        },
        before,
      );
      sent.catch(() => {});
      bytes += part.body.length;
      chunks += 1;
      part = await nextPart(primary);
      await before;
      before = sent;
    }
    await before;
    await on("primary", primary.unsafe("close sync_parts"));
  }
  const applied = wire.apply(cut.incarnation, first, final.id);
  applied.catch(() => {});
  const next = await meanwhile();
  await applied;
  // If this is lost, the next handshake learns it from the copy.
  await on("primary", primary`select sync_acknowledge(${final.id})`);
  return { carried: { rows: cut.rows, bytes, chunks }, next };
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
      // One that was made ready and not carried is in the way.
      primary.unsafe(`
        close all;
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
