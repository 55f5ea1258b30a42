import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { on, type Session, type Side, transaction } from "./sides.ts";

export interface Shipped {
  readonly rows: number;
  readonly bytes: number;
}

interface Manifest {
  readonly manifest: string | null;
  readonly rows: number;
  readonly fromSnapshot: string;
  readonly toSnapshot: string;
  readonly low: string;
  readonly high: string;
}

const snapshotForm = /^[0-9:,]+$/;
const numberForm = /^[0-9]+$/;
const frameBytes = 256 * 1024;

/**
 * Carries ticks `first` to `final` over as one batch: the rows stream from database to database and are staged
 * and applied in one transaction on the copy. Exactly once: `sync_apply` refuses a batch that is not the very
 * next, and one that is not staged whole. Memory is that of the stream, whatever the batch. A side that lets no
 * row pass for `stallMs` milliseconds is lost.
 */
export async function shipBatch(
  primary: Session,
  copy: Session,
  first: number,
  final: number,
  stallMs: number,
): Promise<Shipped> {
  const [cut] = await on(
    "primary",
    primary<Manifest[]>`
      select m::text as manifest, (m->>'n')::float8 as rows, m->>'from_snap' as "fromSnapshot", m->>'to_snap' as "toSnapshot",
        m->>'low' as low, m->>'high' as high
      from sync_manifest(${first}, ${final}) m`,
  );
  if (cut === undefined || cut.manifest === null)
    throw new Error(`Ticks ${first - 1} and ${final} are not both in the log.`);
  const bytes = await transaction(copy, "copy", async () => {
    const carried = cut.rows === 0 ? 0 : await streamRows(primary, copy, cut, stallMs);
    await on("copy", copy`select sync_apply(${cut.manifest}::text::jsonb)`);
    return carried;
  });
  // If this is lost, the next handshake learns it from the copy.
  await on("primary", primary`select sync_acknowledge(${final})`);
  return { rows: cut.rows, bytes };
}

async function streamRows(primary: Session, copy: Session, cut: Manifest, stallMs: number): Promise<number> {
  // COPY takes no parameters; a snapshot's text is digits, colons and commas.
  if (![cut.fromSnapshot, cut.toSnapshot].every((text) => snapshotForm.test(text)))
    throw new Error("A tick's snapshot is not in the form of one.");
  if (![cut.low, cut.high].every((text) => numberForm.test(text)))
    throw new Error("A tick's bounds are not numbers.");
  const columns = "seq, layout, op, pk, img";
  return carry(
    {
      side: "primary",
      session: primary,
      sql: `copy (select ${columns} from sync_members('${cut.fromSnapshot}', '${cut.toSnapshot}', ${cut.low}, ${cut.high})) to stdout`,
    },
    { side: "copy", session: copy, sql: `copy sync_staging (${columns}) from stdin` },
    stallMs,
  );
}

/** One end of a stream of rows: a session and the COPY that is said there. */
export interface StreamEnd {
  readonly side: Side;
  readonly session: Session;
  readonly sql: string;
}

/** Streams rows from one database into another. An end that lets no row pass for `stallMs` is lost. @returns bytes. */
export async function carry(from: StreamEnd, into: StreamEnd, stallMs: number): Promise<number> {
  // The way in is opened first: rows that begin to flow and are never read would block the primary's session.
  const sink = await on(into.side, into.session.unsafe(into.sql).writable());
  const source = await on(from.side, from.session.unsafe(from.sql).readable());
  let bytes = 0;
  // The pipeline takes the other stream down with the one that failed; the first to fail says which side it was.
  const failures: { side: Side; error: unknown }[] = [];
  const watch = (side: Side, stream: Readable | Writable): void => {
    const failed = (error: unknown): void => void failures.push({ side, error });
    if (stream.errored !== null) failed(stream.errored);
    else stream.once("error", failed);
  };
  watch(into.side, sink);
  watch(from.side, source);
  let waitsFor: Side = from.side;
  const stalled = setTimeout(() => {
    const late = Object.assign(new Error("No row moved in time."), { code: "ETIMEDOUT" });
    (waitsFor === into.side ? sink : source).destroy(late);
  }, stallMs);
  const moved = (next: Side): void => {
    waitsFor = next;
    stalled.refresh();
  };
  try {
    await pipeline(
      source,
      async function* frames(rows: AsyncIterable<Buffer>) {
        // The driver hands over row by row; a write for each would be a system call for each.
        let held: Buffer[] = [];
        let size = 0;
        for await (const row of rows) {
          held.push(row);
          size += row.length;
          bytes += row.length;
          if (size < frameBytes) continue;
          moved(into.side);
          yield Buffer.concat(held, size);
          moved(from.side);
          held = [];
          size = 0;
        }
        moved(into.side);
        if (size > 0) yield Buffer.concat(held, size);
      },
      sink,
    );
    // The driver pauses its socket under back pressure and forgets to resume it when the last row is out.
    source._read(0);
  } catch (error) {
    source.destroy();
    const [first] = failures;
    await on(first?.side ?? into.side, Promise.reject(first?.error ?? error));
  } finally {
    clearTimeout(stalled);
  }
  return bytes;
}
